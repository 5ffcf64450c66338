import { enableCompileCache } from 'node:module';

// Compiling modules is most of the start-up time. The cache is in NODE_COMPILE_CACHE, or in the folder for temporary files.
enableCompileCache();

try {
  const { serve } = await import('./serve.ts');
  await serve();
} catch (error) {
  process.stderr.write(`devmachine: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
