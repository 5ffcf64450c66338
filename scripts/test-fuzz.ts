import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../dev/cache.ts';
import { installPackages, isDebianRoot } from './debian.ts';

/**
 * Runs the tests with Schemathesis, which it installs from PyPI into a folder of its own, once for each version. On a machine
 * without Python's venv, it says so, and runs no test; on Debian as root, it installs that first.
 */
const REQUIREMENTS = new URL('../test/fuzz/requirements.txt', import.meta.url).pathname;

function main(): number {
  if (!hasVenv() && isDebianRoot()) installPackages(['python3-venv']);
  if (!hasVenv()) {
    console.log(
      'The tests with Schemathesis are skipped. They need python3 with venv: apt-get install -y python3-venv',
    );
    return 0;
  }
  const env = { ...process.env, SCHEMATHESIS: findSchemathesis() };
  const test = ['scripts/test.ts', '--files=1', 'fuzz'];
  return spawnSync(process.execPath, test, { stdio: 'inherit', env }).status ?? 1;
}

const hasVenv = (): boolean => spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0;

/** The path of the program. */
function findSchemathesis(): string {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const folder = join(cacheRoot(process.env), 'schemathesis', version);
  // A virtual environment cannot be moved, so it is complete only with this file.
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    console.log('Installing Schemathesis');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    run('python3', '-m', 'venv', folder);
    run(join(folder, 'bin', 'pip'), 'install', '--quiet', '--no-deps', '--requirement', REQUIREMENTS);
    writeFileSync(complete, '');
  }
  return join(folder, 'bin', 'st');
}

function run(command: string, ...args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} failed with exit code ${status}`);
}

process.exitCode = main();
