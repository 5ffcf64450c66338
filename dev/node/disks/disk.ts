import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../run-command.ts';

/**
 * A disk is a sparse file with an ext4 file system, mounted next to it. So its size is a limit, as on a real disk, and takes
 * only the space that is used.
 */
const IMAGE = '.img';

const imageOf = (folder: string, name: string): string => join(folder, `${name}${IMAGE}`);

/** Where the disk `name` is mounted. */
export const mountPointOf = (folder: string, name: string): string => join(folder, name);

/** Makes a disk of at least `bytes`, or makes an existing one as large, and mounts it. */
export async function provideDisk(folder: string, name: string, bytes: number): Promise<void> {
  const image = imageOf(folder, name);
  if (!existsSync(image)) await format(image, bytes);
  else if ((await stat(image)).size < bytes) await grow(folder, name, bytes);
  await mountDisk(folder, name);
}

/** Unmounts a disk, if it is mounted, and deletes it with all files. */
export async function deleteDisk(folder: string, name: string): Promise<void> {
  const path = mountPointOf(folder, name);
  if (await isMounted(path)) await runCommand('umount', [path]);
  await rm(imageOf(folder, name), { force: true });
  if (existsSync(path)) await rmdir(path);
}

async function format(image: string, bytes: number): Promise<void> {
  // Only a complete file system gets the disk's name.
  const unfinished = `${image}.new`;
  await rm(unfinished, { force: true });
  await (await open(unfinished, 'wx', 0o600)).close();
  await truncate(unfinished, bytes);
  // No blocks are reserved for root, because a machine does not run as root.
  await runCommand('mkfs.ext4', ['-q', '-F', '-m', '0', unfinished]);
  await rename(unfinished, image);
}

async function grow(folder: string, name: string, bytes: number): Promise<void> {
  const image = imageOf(folder, name);
  const path = mountPointOf(folder, name);
  await mountDisk(folder, name);
  await truncate(image, bytes);
  const device = (await runCommand('findmnt', ['-n', '-o', 'SOURCE', path])).trim();
  await runCommand('losetup', ['--set-capacity', device]);
  await runCommand('resize2fs', [device]);
}

async function mountDisk(folder: string, name: string): Promise<void> {
  const path = mountPointOf(folder, name);
  await mkdir(path, { recursive: true });
  if (await isMounted(path)) return;
  await runCommand('mount', ['-o', 'loop', imageOf(folder, name), path]);
  await rm(join(path, 'lost+found'), { recursive: true, force: true });
}

const isMounted = (path: string): Promise<boolean> =>
  runCommand('mountpoint', ['-q', path]).then(
    () => true,
    () => false,
  );
