import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The programs of the machine that the node uses, and the Debian packages that have them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  runc: 'runc',
  ip: 'iproute2',
  nft: 'nftables',
  mount: 'mount',
  losetup: 'mount',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  findmnt: 'util-linux',
  mountpoint: 'util-linux',
  'mkfs.ext4': 'e2fsprogs',
  resize2fs: 'e2fsprogs',
};

/** Debian's administrator's folders are not on everybody's PATH. */
const ADMIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Resolves a program on the PATH or in an administrator's folder. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), ...ADMIN_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The Debian packages that a node needs and that are not installed. */
export function missingPackages(): string[] {
  const programs = Object.entries(PROGRAMS).filter(([name]) => findProgram(name) === undefined);
  return [...new Set(programs.map(([, name]) => name))].sort();
}

/** Throws one line that says what the machine lacks for a real node. `morePackages` are missing for other reasons. */
export function checkRequirements(morePackages: readonly string[] = []): void {
  const instead = 'Without it, use `npm run dev`, whose nodes are simulated.';
  if (process.platform !== 'linux') {
    throw new Error(`A real node needs Linux, and this is ${process.platform}. ${instead}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Error(`A real node needs root: it creates namespaces, mounts and cgroups. ${instead}`);
  }
  const packages = [...missingPackages(), ...morePackages];
  if (packages.length === 0) return;
  throw new Error(
    `A real node needs packages that are not installed. On Debian or Ubuntu, install them: ` +
      `apt-get install -y --no-install-recommends ${packages.join(' ')}\n${instead}`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
