import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * Runs the tests in the given directories of test/ (`.` is test/ itself) against one control plane. `--files` is how many files
 * run at a time: four, or fewer if each of them starts clusters of its own. `--setup` is the file that starts what all of them use.
 */
const { values, positionals: folders } = parseArgs({
  options: {
    files: { type: 'string', default: '4' },
    setup: { type: 'string', default: 'test/setup.ts' },
  },
  allowPositionals: true,
});
const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${values.files}`,
    `--test-global-setup=${values.setup}`,
    '--test-timeout=300000',
    ...folders.map((folder) => (folder === '.' ? 'test/*.test.ts' : `test/${folder}/**/*.test.ts`)),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
