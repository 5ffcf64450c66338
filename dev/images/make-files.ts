import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

/** What is in the images that are only a few files. Each function writes into an empty folder. */
export const MAKE_FILES: Readonly<Record<string, (root: string) => Promise<void>>> = {
  pause: makePause,
  busybox: makeBusybox,
  foreign: makeForeign,
};

async function makePause(root: string): Promise<void> {
  const source = join(import.meta.dirname, 'pause.c');
  await runCommand('gcc', ['-static', '-Os', '-s', '-Wall', '-Werror', '-o', join(root, 'pause'), source]);
}

/** Debian's static busybox, with all its programs. There is no C library in the image. */
async function makeBusybox(root: string): Promise<void> {
  for (const folder of ['bin', 'etc', 'root', 'tmp']) await mkdir(join(root, folder));
  await chmod(join(root, 'tmp'), 0o1777);
  const busybox = join(root, 'bin', 'busybox');
  await copyFile('/bin/busybox', busybox);
  await chmod(busybox, 0o755);
  const programs = (await runCommand(busybox, ['--list'])).trim().split('\n');
  for (const program of programs) {
    if (program !== 'busybox') await symlink('busybox', join(root, 'bin', program));
  }
  const users = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/:/bin/false'];
  await writeFile(join(root, 'etc', 'passwd'), `${users.join('\n')}\n`);
  await writeFile(join(root, 'etc', 'group'), 'root:x:0:\nnogroup:x:65534:\n');
}

const ELF_HEADER_SIZE = 64;
/** Itanium: no computer runs it, not even in emulation. */
const EM_IA_64 = 50;

/** A program for another processor: it is started, and fails with "exec format error". */
async function makeForeign(root: string): Promise<void> {
  const elf = Buffer.alloc(ELF_HEADER_SIZE);
  elf.write('\x7fELF', 'latin1');
  elf.set([2, 1, 1], 4); // 64 bits, little-endian, version 1
  elf.writeUInt16LE(2, 16); // an executable
  elf.writeUInt16LE(EM_IA_64, 18);
  elf.writeUInt32LE(1, 20); // version 1
  elf.writeUInt16LE(ELF_HEADER_SIZE, 52);
  await writeFile(join(root, 'program'), elf, { mode: 0o755 });
}
