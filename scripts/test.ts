import { spawnSync } from 'node:child_process';

/** Runs the tests in the given directories of test/ (`.` is test/ itself) against one control plane, four files at a time. */
const folders = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    '--test-concurrency=4',
    '--test-global-setup=test/setup.ts',
    '--test-timeout=300000',
    ...folders.map((folder) => (folder === '.' ? 'test/*.test.ts' : `test/${folder}/**/*.test.ts`)),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
