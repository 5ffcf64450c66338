import type { Dirent } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * The paths that a layer removes: they are in `lower` and not in `merged`, the file system with the layer on top. Only
 * the folders that are also in `upper`, the layer, can lack something. This is independent of how the file system marks
 * what was removed: as a device, or as an attribute of a folder that was made anew.
 */
export async function findRemoved(
  upper: string,
  lower: string,
  merged: string,
  path = '',
): Promise<string[]> {
  const [uppers, lowers, both] = await Promise.all([
    entries(join(upper, path)),
    entries(join(lower, path)),
    entries(join(merged, path)),
  ]);
  const removed = [...lowers.keys()].filter((name) => !both.has(name)).map((name) => join(path, name));
  const changed = [...uppers.values()].filter(
    (entry) => entry.isDirectory() && lowers.get(entry.name)?.isDirectory(),
  );
  for (const { name } of changed)
    removed.push(...(await findRemoved(upper, lower, merged, join(path, name))));
  return removed;
}

/** Marks the paths as removed, in the way of OCI layers: an empty file `.wh.NAME`. */
export async function writeWhiteouts(upper: string, removed: readonly string[]): Promise<void> {
  for (const path of removed) {
    await rm(join(upper, path), { force: true });
    await writeFile(join(upper, dirname(path), `.wh.${basename(path)}`), '');
  }
}

async function entries(folder: string): Promise<Map<string, Dirent>> {
  const list = await readdir(folder, { withFileTypes: true });
  return new Map(list.map((entry) => [entry.name, entry]));
}
