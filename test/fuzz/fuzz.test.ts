import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createTeam, EDITOR } from '../auth/support/accounts.ts';
import { startAuthBackend } from '../auth/support/backend.ts';
import { connect } from '../support/cluster.ts';

/**
 * Schemathesis sends requests that openapi.yaml allows, and requests that it does not. No answer may be a 500, and each must be
 * described in openapi.yaml. FUZZ_EXAMPLES is the number of requests per call: from about 1,000 on, Schemathesis spends its time on
 * finding further ones. FUZZ_SEED gives other requests.
 */

const EXAMPLES = process.env['FUZZ_EXAMPLES'] ?? '60';
const SEED = process.env['FUZZ_SEED'] ?? '1';
const FOLDER = import.meta.dirname;

/** A stream does not end, and a wait ends late. */
const ENDLESS = ['/api/v1/devmachines/events'];

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

async function fuzz(t: TestContext, headersOf: (token: string) => readonly string[]): Promise<number> {
  const { namespace, accounts } = await createTeam(connect(t), { editor: EDITOR });
  const env = { DEFAULT_NAMESPACE: namespace, RATE_LIMIT_PER_MINUTE: '0', PURGE_TIMEOUT_SECONDS: '1' };
  const { url, log } = await startAuthBackend(t, { env });
  const args = [
    `--config-file=${join(FOLDER, 'schemathesis.toml')}`,
    'run',
    join(FOLDER, '../../openapi.yaml'),
    `--url=${url}`,
    `--checks=${CHECKS.join()}`,
    `--max-examples=${EXAMPLES}`,
    `--seed=${SEED}`,
    '--request-timeout=30',
    '--no-color',
    ...ENDLESS.map((path) => `--exclude-path=${path}`),
    ...headersOf(accounts.editor.token).map((header) => `--header=${header}`),
  ];
  const program = process.env['SCHEMATHESIS'] ?? assert.fail('run the tests with `npm run test:fuzz`');
  // It keeps a cache in its working directory.
  const cwd = await mkdtemp(join(tmpdir(), 'devmachine-fuzz-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  const run = promisify(execFile)(program, args, { cwd, maxBuffer: 2 ** 26 });
  const { stdout } = await run.catch((error: { stdout: string }) => assert.fail(error.stdout));
  assert.ok(!log.some((line) => line.includes('unexpected error')), 'a bug was logged');
  const [, count] = /(\d+) generated/.exec(stdout) ?? assert.fail(stdout);
  t.diagnostic(`${count} requests`);
  return Number(count);
}

test('with the token of an editor, no request leads to a 500 or an undocumented answer', async (t) => {
  assert.ok((await fuzz(t, (token) => [`Authorization: Bearer ${token}`])) > 500);
});

test('without a token, no request leads to a 500 or an undocumented answer', async (t) => {
  assert.ok((await fuzz(t, () => [])) > 500);
});
