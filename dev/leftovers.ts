import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes the folders of builds that were killed. Such a folder is called PREFIX.PID.RANDOM, with the pid of the process
 * that builds.
 */
export async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    const pid = entry.startsWith(`${prefix}.`)
      ? Number(entry.slice(prefix.length + 1).split('.')[0])
      : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid))
      await rm(join(parent, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
