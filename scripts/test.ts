import { spawnSync } from 'node:child_process';

/** Runs the tests of these folders of test/, on one control plane. They wait more than they compute: four files at a time. */
const folders = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    '--test-concurrency=4',
    '--test-global-setup=test/setup.ts',
    '--test-timeout=300000',
    ...folders.map((folder) => `test/${folder}/**/*.test.ts`),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
