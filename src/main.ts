import { enableCompileCache } from 'node:module';

// Most of a start is compiling what it loads; the next one finds that done (in NODE_COMPILE_CACHE, or the folder for
// temporary files).
enableCompileCache();

try {
  const { serve } = await import('./serve.ts');
  await serve();
} catch (error) {
  process.stderr.write(`devmachine: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
