import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
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

const MAX_FIRST_LOAD_BYTES = 150 * 1_024;

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

  const page = await fetch(`${api.url}/`);
  assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self';/);
  await assertSmall(join(dist, 'console'), await page.text());

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

  assert.match(await readFile(join(dist, 'console/THIRD-PARTY-LICENSES.txt'), 'utf8'), /^preact [\d.]+ \(/m);
  const licences = await readFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['@kubernetes/client-node', 'fastify', 'pino', 'undici', 'yaml'])
    assert.match(licences, new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
});

/** The first load: the page and what it names. The terminal, the form and the sign-in at an issuer are loaded when they are needed. */
async function assertSmall(folder: string, html: string): Promise<void> {
  const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name]) => `${name}`);
  assert.ok(names.some((name) => name.endsWith('.js')) && names.some((name) => name.endsWith('.css')), html);
  const sizes = [...names, 'index.html'].map(async (name) => (await stat(join(folder, `${name}.gz`))).size);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size);
  assert.ok(total <= MAX_FIRST_LOAD_BYTES, `${total} bytes`);
}
