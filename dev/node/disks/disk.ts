import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir, truncate } from 'node:fs/promises';
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

/** Makes a disk of `bytes`, unless it exists, and mounts it. */
export async function makeDisk(folder: string, name: string, bytes: number): Promise<void> {
  const image = imageOf(folder, name);
  if (!existsSync(image)) await format(image, bytes);
  const path = mountPointOf(folder, name);
  await mkdir(path, { recursive: true });
  if (await isMounted(path)) return;
  await runCommand('mount', ['-o', 'loop', image, path]);
  await rm(join(path, 'lost+found'), { recursive: true, force: true });
}

/**
 * Makes a mounted disk larger. The file system grows in use only with CAP_SYS_RESOURCE; without it, this fails, and init.sh lets
 * it grow at the next start of the node.
 */
export async function growDisk(folder: string, name: string, bytes: number): Promise<void> {
  await truncate(imageOf(folder, name), bytes);
  const device = await runCommand('findmnt', ['-n', '-o', 'SOURCE', mountPointOf(folder, name)]);
  await runCommand('losetup', ['--set-capacity', device.trim()]);
  await runCommand('resize2fs', [device.trim()]);
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

const isMounted = (path: string): Promise<boolean> =>
  runCommand('mountpoint', ['-q', path]).then(
    () => true,
    () => false,
  );
