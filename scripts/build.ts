import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle, type Metafile } from 'esbuild';
import { buildConsole } from './console.ts';
import { thirdPartyLicences } from './licences.ts';

const root = join(import.meta.dirname, '..');

/** Builds everything for production, with the licences of the dependencies. The contents of `outdir` are deleted first. */
export async function build(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await Promise.all([buildBackend(outdir), buildConsole(join(outdir, 'console'))]);
}

/**
 * Bundles the backend and the reporter. Without a bundle, most of the start-up time is spent on resolving and opening a
 * thousand modules.
 */
async function buildBackend(outdir: string): Promise<void> {
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts', reporter: 'src/reporter/main.ts' },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // A dynamic import stays in a separate file, so that the first list starts before the HTTP API is loaded.
    splitting: true,
    // The `main` of jsonc-parser loads modules in a way that esbuild cannot follow.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
  });
  await writeFile(
    join(outdir, 'THIRD-PARTY-LICENSES.txt'),
    await thirdPartyLicences(modulesOf(metafile), root),
  );
}

/** The modules of which something is in the bundle. */
const modulesOf = ({ outputs }: Metafile): string[] =>
  Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));

/** ES modules have no `require`, but CommonJS packages need it to load built-in modules. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

if (import.meta.main) await build(join(root, 'dist'));
