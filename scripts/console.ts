import { readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'vite';
import { thirdPartyLicences } from './licences.ts';

const root = join(import.meta.dirname, '..');

/** Builds the console into `outdir`: each file also compressed, so that the API only has to send it, and the licences. */
export async function buildConsole(outdir: string): Promise<void> {
  const result = await build({
    configFile: join(root, 'console/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: outdir, emptyOutDir: true },
  });
  const files = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  const modules = files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const licences = thirdPartyLicences(
    modules.map((module) => relative(root, module)),
    root,
  );
  await writeFile(join(outdir, 'THIRD-PARTY-LICENSES.txt'), await licences);
  await Promise.all(
    files.map(async (file) => {
      const content = file.type === 'chunk' ? file.code : file.source;
      const path = join(outdir, file.fileName);
      await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
      await writeFile(`${path}.br`, await promisify(brotliCompress)(content));
    }),
  );
}

/** Builds the console for development into dist/console, unless it is newer than its sources. */
export async function buildConsoleIfStale(): Promise<void> {
  const outdir = join(root, 'dist/console');
  const built = await modifiedAt(join(outdir, 'index.html.br'));
  const sources = ['console', 'client', 'package-lock.json'].map((name) => newest(join(root, name)));
  if (built < Math.max(...(await Promise.all(sources)))) await buildConsole(outdir);
}

/** When the newest file in a folder was modified, or the file itself. */
async function newest(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true }).catch(() => ['']);
  const own = names.filter((name) => !name.includes('node_modules'));
  return Math.max(...(await Promise.all(own.map((name) => modifiedAt(join(path, name))))));
}

const modifiedAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
