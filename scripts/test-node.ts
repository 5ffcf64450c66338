import { spawnSync } from 'node:child_process';
import { IMAGE_NAMES, missingForImages } from '../dev/images/images.ts';
import { checkRequirements, findProgram, missingPackages } from '../dev/node/requirements.ts';
import { installPackages, isDebianRoot } from './debian.ts';

/**
 * Runs the tests on a real node. On Debian as root, it installs the packages that they need, and nothing is skipped. On another
 * machine that lacks something, it says what, and runs no test.
 */
function main(): number {
  const isDebian = isDebianRoot();
  if (isDebian) installPackages(missing());
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

process.exitCode = main();
