import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { startReadyApi } from '../support/api.ts';
import { createNamespace } from '../support/cluster.ts';
import { addOperator, startWorkloadCluster, type WorkloadCluster } from '../support/workloads.ts';

/** The code of docs/frontend.md is checked and run as it is, with another address, namespace and token. */

const REPOSITORY = join(import.meta.dirname, '../..');

let cluster: WorkloadCluster;

before(async () => {
  cluster = await startWorkloadCluster();
  await addOperator(cluster);
});

after(() => cluster?.stop());

test('the code of docs/frontend.md has the right types, and does what the page says', async (t) => {
  const { kubeconfig } = cluster.controlPlane;
  const api = await startReadyApi(t, { KUBECONFIG: kubeconfig });
  const namespace = await createNamespace(cluster.connection, 'team');
  const page = await readFile(join(REPOSITORY, 'docs/frontend.md'), 'utf8');
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  const code = `const token: string | undefined = undefined;\n${blocks.join('\n')}`
    .replace("'devmachine-client'", `'${REPOSITORY}/client/index.ts'`)
    .replace('https://devmachine.example.com', api.url)
    .replace("namespace: 'team-a'", `namespace: '${namespace}'`);
  // Inside the repository, so that the compiler finds the types.
  const folder = await mkdtemp(join(REPOSITORY, 'test/operator/.frontend-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'frontend.ts');
  await writeFile(file, code);
  const tsconfig = { extends: '../../../tsconfig.json', include: ['frontend.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));

  assert.equal(await run(join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', folder), '');
  const output = await run(file);
  assert.match(output, /^must (be|match) .*$/m);
  assert.match(output, /^Running \(Ready\): /m);
  assert.match(output, /^Running http:\/\/notebook\.dev\.example\.com/m);
  assert.match(output, /^unchanged$/m);
  assert.match(output, /^password \S{20,}$/m);
  assert.match(output, / Pod Scheduled /);
  assert.match(output, /^notebook-disk of notebook: 20Gi$/m);
});

/** Runs a program with this Node.js. Resolves with what it has written, and fails if it fails. */
async function run(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('exit', resolve)),
  ]);
  assert.equal(code, 0, output + errors);
  return output;
}
