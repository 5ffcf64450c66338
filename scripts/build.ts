import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { thirdPartyLicences } from './licences.ts';

const root = join(import.meta.dirname, '..');

/**
 * The backend as it runs in production: a few files, because most of a start was finding and opening a thousand modules
 * one by one; and the licences of what is in them. What `outdir` holds is removed.
 */
export async function build(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // What is imported only when it is needed stays in a file of its own: the first list is under way before the API
    // is loaded.
    splitting: true,
    // The `main` of jsonc-parser loads its parts in a way that cannot be followed.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
  });
  await writeFile(join(outdir, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicences(metafile, root));
}

/** ES modules have no `require`, and packages in CommonJS load Node's own modules with it. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

if (import.meta.main) await build(join(root, 'dist'));
