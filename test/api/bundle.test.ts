import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { freePort } from '../../dev/ports.ts';
import { build } from '../../scripts/build.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, testKubeconfig } from '../support/cluster.ts';
import { until } from '../support/until.ts';

const fetchText = async (url: string) => (await fetch(url)).text();

const PACKAGE = new URL('../../package.json', import.meta.url);

test('the production build of backend and reporter runs without sources and node_modules', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'devmachine-bundle-'));
  t.after(() => rm(folder, { recursive: true }));
  const dist = join(folder, 'dist');
  await build(dist);
  await copyFile(PACKAGE, join(folder, 'package.json'));
  const namespace = await createNamespace(connect(t));
  const METRICS_PORT = String(await freePort());
  const api = await startReadyApi(t, { NODE_ENV: 'production', METRICS_PORT }, join(dist, 'main.js'));

  const created = await api.create(namespace, 'bundled');
  assert.equal(created.status, 201);
  assert.equal((await api.status(namespace, 'bundled')).body.phase, 'Pending');

  const missing = await api.status(namespace, 'missing');
  assert.equal(missing.status, 404);
  assert.equal(missing.headers['content-type'], 'application/problem+json; charset=utf-8');

  const metrics = await fetchText(`http://127.0.0.1:${METRICS_PORT}/metrics`);
  assert.match(metrics, /^devmachine_cached_machines \d+$/m);
  assert.match(metrics, /^process_cpu_seconds_total /m);

  const document = await api.call('GET', '/openapi.yaml');
  assert.match(document.body, /^openapi: 3\.1\.0$/m);

  const reqId = created.headers['x-request-id'];
  await until('the log line of the create', () => api.log.some((line) => JSON.parse(line).reqId === reqId));

  process.kill(api.pid, 'SIGTERM');
  assert.equal(await api.exitCode, 0);

  const reporter = spawn(process.execPath, [join(dist, 'reporter.js')], {
    env: { KUBECONFIG: testKubeconfig() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(reporter, 'exit');
  for await (const line of createInterface({ input: reporter.stdout }))
    if (JSON.parse(line).msg === 'listed') reporter.kill();
  assert.deepEqual(await exit, [0, null]);

  const licences = await readFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['@kubernetes/client-node', 'fastify', 'pino', 'undici', 'yaml'])
    assert.match(licences, new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
});
