import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { missingForImages } from '../dev/images/images.ts';
import { IMAGES } from '../dev/node/prepare.ts';
import { findProgram, missingPackages } from '../dev/node/requirements.ts';

/** Installs what the tests on a real node need, with apt, if this is a Debian system and the user is root. */

const packages = [
  ...missingPackages(),
  ...missingForImages(['pause', ...IMAGES]),
  ...(findProgram('chromium') ? [] : ['chromium']),
];
if (packages.length > 0 && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  console.log(`Installing ${packages.join(' ')}`);
  const apt = (...args: string[]) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, error } = spawnSync('apt-get', ['-qq', ...args], { stdio: 'inherit', env });
    if (status !== 0) throw error ?? new Error(`apt-get ${args[0]} failed with exit code ${status}`);
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
}
