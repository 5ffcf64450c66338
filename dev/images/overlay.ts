import { chmod, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

/**
 * The file system in which a layer is made. What the build needs or leaves in these folders is kept outside the layer; in
 * it, they are empty.
 */
const SCRATCH = ['run', 'tmp', 'var/log', 'var/cache/apt', 'var/lib/apt/lists'];
/** Debian's programs find the certificates of all CAs here. */
export const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** The folders of a layer that is being made. */
export interface Workplace {
  /** What is below the layer. */
  readonly lower: string;
  /** What the layer adds. */
  readonly upper: string;
  /** Both: here the layer is made. */
  readonly merged: string;
  /** Becomes /run/build. */
  readonly build: string;
}

/**
 * Mounts an overlay of the folder `lower`. Nothing that is written is flushed to the disk (`volatile`), and every change is in
 * `upper` as a whole (no `redirect_dir`, no `metacopy`).
 */
export async function mountOverlay(folder: string, lower: string): Promise<Workplace> {
  const upper = join(folder, 'upper');
  const work = join(folder, 'work');
  const merged = join(folder, 'merged');
  const scratch = join(folder, 'scratch');
  for (const each of [upper, work, merged, join(scratch, 'run/build/home')]) {
    await mkdir(each, { recursive: true });
  }
  const options = [`lowerdir=${lower}`, `upperdir=${upper}`, `workdir=${work}`];
  await mount(
    '-t',
    'overlay',
    '-o',
    [...options, 'volatile', 'redirect_dir=off', 'metacopy=off'].join(),
    'overlay',
    merged,
  );
  for (const path of SCRATCH) {
    for (const root of [scratch, merged]) {
      await mkdir(join(root, path), { recursive: true });
      if (path === 'tmp') await chmod(join(root, path), 0o1777);
    }
    await mount('--bind', join(scratch, path), join(merged, path));
  }
  return { lower, upper, merged, build: join(scratch, 'run/build') };
}

/** Adds what programs need of this machine: devices, processes, name resolution, CA certificates. */
export async function mountSurroundings(merged: string): Promise<void> {
  await mount('-t', 'proc', 'proc', join(merged, 'proc'));
  await mount('--bind', '/dev', join(merged, 'dev'));
  for (const file of ['/etc/resolv.conf', '/etc/hosts'])
    await mount('--bind', await realpath(file), join(merged, file));
  const bundle = process.env['SSL_CERT_FILE'] || CA_BUNDLE;
  await mount('--bind', await realpath(bundle), join(merged, CA_BUNDLE));
}

export async function unmount({ merged }: Workplace): Promise<void> {
  await runCommand('umount', ['--recursive', merged]);
}

async function mount(...args: string[]): Promise<void> {
  await runCommand('mount', args);
}
