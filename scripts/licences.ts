import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Name, version and licence of every package whose code is in the bundle. Without a licence's text there is no bundle. */
export async function thirdPartyLicences({ outputs }: Metafile, root: string): Promise<string> {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (PACKAGE.exec(path) ?? []) : [],
  );
  const entries = await Promise.all([...new Set(folders)].map((folder) => entry(join(root, folder))));
  // The same version may be installed in more than one place.
  return [...new Set(entries)].sort().join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that a module belongs to, the innermost one. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(un)?licen[cs]e|^copying/i;
const NOTICE = /^notice/i;

/** Texts for packages that name their licence and bring no copy of it. */
const SUPPLIED = join(import.meta.dirname, 'licences');

async function entry(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).sort();
  const named = (pattern: RegExp) =>
    files.filter((file) => pattern.test(file)).map((file) => join(folder, file));
  const own = named(LICENCE);
  const paths = [...(own.length > 0 ? own : [join(SUPPLIED, `${name}.txt`)]), ...named(NOTICE)];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8'))).catch((cause) => {
    throw new Error(`${name} ${version} is in the bundle, and there is no text of its licence`, { cause });
  });
  return `${name} ${version} (${license})\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`;
}
