import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { freePort } from '../../dev/ports.ts';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { get } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { waitFor } from '../support/workloads.ts';
import { DEV_SCRIPT, fewAssets, freePorts, temporaryState } from './support/dev-run.ts';
import { atEnd, DEV, isAlive, runNode } from './support/processes.ts';

const CLUSTER_SCRIPT = fileURLToPath(new URL('cluster.ts', DEV));

/** Creates the second machine that `npm run dev` prints, and opens its URL like a browser, which takes *.localhost for 127.0.0.1. */
async function openInBrowser(output: string, api: string): Promise<void> {
  const [, url = '', body = ''] = /in a browser, at (http:.+)\n\ncurl .+ -d '(.+)'$/m.exec(output) ?? [];
  const created = await fetch(api, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(created.status, 201, await created.text());
  const { host, hostname, port } = new URL(url);
  assert.equal(hostname, 'my-vscode.localhost');
  await waitFor('the page of the machine', async () => {
    const answer = await request(`http://127.0.0.1:${port}/`, { headers: { host } });
    return (await answer.body.text()).includes('is simulated by kwok');
  });
}

function recordedPids(stateDir: string): number[] {
  const { processes } = JSON.parse(readFileSync(join(stateDir, 'processes.json'), 'utf8'));
  return processes.map(({ pid }: { pid: number }) => pid);
}

/** Asks the cluster itself, like a user who runs the printed kubectl command. */
async function untilRunning(stateDir: string, namespace: string): Promise<void> {
  const connection = openClient(() => loadKubeConfig(join(stateDir, 'kubeconfig')), {
    timeoutMs: 30_000,
  });
  try {
    await waitFor('a running pod', async () => {
      const { body } = await get(connection, `/api/v1/namespaces/${namespace}/pods`);
      return body.items[0]?.status.phase === 'Running';
    });
  } finally {
    await connection.close();
  }
}

test('npm run dev: the printed curl commands work, Ctrl-C ends all processes, and the data is kept', async (t) => {
  const stateDir = await temporaryState(t);
  const ports = await freePorts();
  const env = { ...ports, DEVMACHINE_STATE_DIR: stateDir, HELM_OPERATOR: '', NO_COLOR: '1' };
  const first = runNode(t, [DEV_SCRIPT], env);
  await first.says(/Press Ctrl-C to stop/);
  const [, url = '', body = ''] =
    /^curl '(.+)' -H 'Content-Type: application\/json' -d '(.+)'$/m.exec(first.output()) ?? [];
  const [, statusUrl = ''] = /^curl '(.+status.+)'$/m.exec(first.output()) ?? [];
  assert.ok(url.startsWith(`http://localhost:${ports.PORT}/api/v1/devmachines?namespace=`));
  const created = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(created.status, 201, await created.text());
  assert.equal((await fetch(statusUrl)).status, 200);
  assert.match(
    first.output(),
    /Machines run on nodes that kwok simulates\. The operator is .+\/helm-operator\./,
  );
  await untilRunning(stateDir, new URL(url).searchParams.get('namespace') ?? '');
  await waitFor('the URL of the machine', async () => {
    const status = (await (await fetch(statusUrl)).json()) as { url?: string };
    return status.url === `http://mydev.example.com:${ports.INGRESS_PORT}/`;
  });
  await openInBrowser(first.output(), url);

  const pids = recordedPids(stateDir);
  assert.equal(pids.length, 9);
  // Twice, as from a terminal and from npm, which forwards the signal.
  first.child.kill('SIGINT');
  first.child.kill('SIGINT');
  assert.equal(await first.ended, 0);
  assert.match(first.output(), /Stopped\.\n$/);
  assert.ok(!pids.some(isAlive));
  await assert.rejects(fetch(statusUrl), 'nothing listens any more');

  const second = runNode(t, [DEV_SCRIPT], env);
  await second.says(/Press Ctrl-C to stop/);
  assert.equal((await fetch(statusUrl)).status, 200);
  const killed = recordedPids(stateDir);
  second.child.kill('SIGKILL');
  await second.ended;
  await until('the end of all processes', () => !killed.some(isAlive));

  const third = runNode(t, [DEV_SCRIPT, '--reset'], env);
  await third.says(/Press Ctrl-C to stop/);
  assert.equal((await fetch(statusUrl)).status, 404);
  third.child.kill('SIGTERM');
  assert.equal(await third.ended, 0);
});

test('if KUBEBUILDER_ASSETS lacks programs, machines are only stored, and the output names the programs', async (t) => {
  const stateDir = await temporaryState(t);
  const assets = await fewAssets(t);
  const ports = await freePorts();
  const env = { ...ports, DEVMACHINE_STATE_DIR: stateDir, HELM_OPERATOR: '', KUBEBUILDER_ASSETS: assets };
  const run = runNode(t, [DEV_SCRIPT], env);
  const [, absent] = await run.says(/Machines are stored but do not run: KUBEBUILDER_ASSETS has no (.+)\.\n/);
  assert.equal(absent, 'kube-controller-manager, kube-scheduler, kwok, helm-operator');
  assert.equal((await fetch(`http://localhost:${ports.PORT}/readyz`)).status, 200);
  assert.equal(recordedPids(stateDir).length, 3);
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 0);
});

test('an invalid HELM_OPERATOR is an error before anything starts', async (t) => {
  const stateDir = await temporaryState(t);
  const env = { ...(await freePorts()), DEVMACHINE_STATE_DIR: stateDir, HELM_OPERATOR: '/nowhere' };
  const run = runNode(t, [DEV_SCRIPT], env);
  assert.equal(await run.ended, 1);
  assert.equal(run.output(), 'HELM_OPERATOR is /nowhere, which is not an executable file\n');
});

test('a port in use is an error before anything starts', async (t) => {
  const stateDir = await temporaryState(t);
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  atEnd(t, () => server.close());
  for (const variable of ['PORT', 'INGRESS_PORT']) {
    const env = { ...(await freePorts()), [variable]: String(port), DEVMACHINE_STATE_DIR: stateDir };
    const run = runNode(t, [DEV_SCRIPT], env);
    assert.equal(await run.ended, 1);
    assert.match(
      run.output(),
      new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use\\..* ${variable}=\\d+ npm run dev\n$`),
    );
  }
});

test('if the API does not start, its error is printed and the cluster keeps running', async (t) => {
  const stateDir = await temporaryState(t);
  const env = { ...(await freePorts()), DEVMACHINE_STATE_DIR: stateDir, LOG_LEVEL: 'nonsense' };
  const run = runNode(t, [DEV_SCRIPT], env);
  await run.says(/LOG_LEVEL must be one of/);
  await run.says(/Waiting for file changes/);
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 130);
  assert.match(run.output(), /Stopped\.\n$/);
});

test('npm run cluster: help, unknown arguments, start and Ctrl-C', async (t) => {
  const help = runNode(t, [CLUSTER_SCRIPT, '--help']);
  assert.equal(await help.ended, 0);
  assert.match(help.output(), /^npm run cluster/);
  const unknown = runNode(t, [CLUSTER_SCRIPT, '--foo']);
  assert.equal(await unknown.ended, 2);
  assert.match(unknown.output(), /Unknown option '--foo'.*npm run cluster/s);

  const stateDir = await temporaryState(t);
  const run = runNode(t, [CLUSTER_SCRIPT], { DEVMACHINE_STATE_DIR: stateDir });
  const [, version] = await run.says(/Kubernetes (v\S+) is ready on https:\/\/127/);
  assert.match(version ?? '', /^v1\.\d+\.\d+/);
  await run.says(/Press Ctrl-C to stop/);
  assert.ok(run.output().includes(`export KUBECONFIG=${stateDir}/kubeconfig`));
  const pids = recordedPids(stateDir);
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 0);
  assert.ok(!pids.some(isAlive));
});
