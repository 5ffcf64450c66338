import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { IMAGE_NAMES, missingForImages } from '../dev/images/images.ts';
import { checkRequirements, findProgram, missingPackages } from '../dev/node/requirements.ts';

/**
 * Runs the tests on a real node. On Debian as root, it installs the packages that they need, and nothing is skipped. On another
 * machine that lacks something, it says what, and runs no test.
 */
function main(): number {
  const isDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (isDebian) install(missing());
  try {
    checkRequirements(isDebian ? [] : missing());
  } catch (error) {
    if (isDebian) throw error;
    console.log(`The tests on a real node are skipped. ${(error as Error).message}`);
    return 0;
  }
  const test = ['scripts/test.ts', '--files=2', '--setup=test/node/setup.ts', 'node'];
  return spawnSync(process.execPath, test, { stdio: 'inherit' }).status ?? 1;
}

/** The Debian packages that are missing. */
const missing = (): string[] => [
  ...missingPackages(),
  ...missingForImages(IMAGE_NAMES),
  ...(findProgram('chromium') ? [] : ['chromium']),
];

function install(packages: readonly string[]): void {
  if (packages.length === 0) return;
  console.log(`Installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status, error } = spawnSync('apt-get', ['-qq', ...args], { stdio: 'inherit', env });
    if (status !== 0) throw error ?? new Error(`apt-get ${args[0]} failed with exit code ${status}`);
  }
}

process.exitCode = main();
