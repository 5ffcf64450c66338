import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Name, version and licence text of every package in a bundle. Takes the paths of the bundle's modules, relative to `root`.
 * Throws if the text of a licence is missing.
 */
export async function thirdPartyLicences(modules: Iterable<string>, root: string): Promise<string> {
  const folders = [...modules].flatMap((path) => PACKAGE.exec(path) ?? []);
  const entries = await Promise.all([...new Set(folders)].map((folder) => entry(join(root, folder))));
  // The same version can be installed in several directories.
  return [...new Set(entries)].sort().join(`\n${'-'.repeat(80)}\n\n`);
}

/** The innermost package directory of a module. */
const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(un)?licen[cs]e|^copying/i;
const NOTICE = /^notice/i;

/** Licence texts of packages that do not contain one. */
const SUPPLIED = join(import.meta.dirname, 'licences');

async function entry(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).sort();
  const named = (pattern: RegExp) =>
    files.filter((file) => pattern.test(file)).map((file) => join(folder, file));
  const own = named(LICENCE);
  const paths = [...(own.length > 0 ? own : [join(SUPPLIED, `${name}.txt`)]), ...named(NOTICE)];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8'))).catch((cause) => {
    throw new Error(`${name} ${version} is in the bundle, but the text of its licence is missing`, { cause });
  });
  return `${name} ${version} (${license})\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`;
}
