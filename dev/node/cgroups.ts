import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The folder of all cgroups of the node, below the root of each hierarchy: one with cgroup v2, one per controller with v1. */

const ROOT = '/sys/fs/cgroup';
const END_MS = 10_000;

/** Creates the folder `name` in each hierarchy, anew if an earlier run has left it. */
export async function createCgroup(name: string): Promise<void> {
  await removeCgroup(name);
  for (const hierarchy of hierarchies()) {
    mkdirSync(join(hierarchy, name));
    if (!existsSync(join(hierarchy, 'cpuset.cpus'))) continue;
    // With v1, a new cpuset has no CPU, and no process can enter it.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      writeFileSync(join(hierarchy, name, file), readFileSync(join(hierarchy, file)));
    }
  }
}

/** Removes the folder `name` with all below it, once the last process has left it. */
export async function removeCgroup(name: string): Promise<void> {
  const deadline = Date.now() + END_MS;
  for (const folder of cgroupFolders(name)) {
    for (;;) {
      try {
        removeAll(folder);
        break;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(50);
      }
    }
  }
}

/** The folders `name` that exist. */
export const cgroupFolders = (name: string): string[] =>
  hierarchies()
    .map((hierarchy) => join(hierarchy, name))
    .filter(existsSync);

/** The folders where a hierarchy is mounted. */
function hierarchies(): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts
    .map((line) => line.split(' '))
    .filter(([, path, type]) => path?.startsWith(ROOT) && (type === 'cgroup' || type === 'cgroup2'))
    .map(([, path = '']) => path);
}

/** Removes cgroups from the lowest upwards: they hold files that cannot be deleted, so nothing else works. */
function removeAll(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeAll(join(folder, entry.name));
  }
  rmdirSync(folder);
}
