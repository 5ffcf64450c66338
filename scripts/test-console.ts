import { spawnSync } from 'node:child_process';
import { findProgram } from '../dev/node/requirements.ts';
import { installPackages, isDebianRoot } from './debian.ts';

/** Runs the tests of the console in a browser. On Debian as root, it installs the browser. */
if (!findProgram('chromium') && isDebianRoot()) installPackages(['chromium']);
if (findProgram('chromium')) {
  const test = ['scripts/test.ts', '--files=2', '--setup=test/console/setup.ts', 'console'];
  process.exitCode = spawnSync(process.execPath, test, { stdio: 'inherit' }).status ?? 1;
} else {
  console.log('The tests of the console are skipped: they need the program chromium.');
}
