import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, testKubeconfig } from '../support/cluster.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Runs the backend until it exits. */
async function runToExit(env: Record<string, string>): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { HOME: '/nonexistent', LOG_LEVEL: 'silent', PORT: '0', METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = once(child, 'exit');
  const stderr = Buffer.concat(await child.stderr.toArray()).toString();
  const [code] = await exit;
  return { code, stderr };
}

test('a failed start prints one line on stderr and exits with code 1', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  const address = busy.address();
  const port = typeof address === 'object' && address ? String(address.port) : assert.fail();
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: 'eighty' }, /^devmachine: PORT must be a whole number from 0 to 65535, not "eighty"\n$/],
    [{ HOST: '0.0.0.0', AUTH_MODE: 'none' }, /^devmachine: AUTH_MODE=none lets everybody .*\n$/],
    [{}, /^devmachine: no cluster found: set KUBECONFIG, .*\n$/],
    [{ KUBECONFIG: '/no/such/file' }, /^devmachine: the kubeconfig \/no\/such\/file cannot be read: .*\n$/],
    [{ KUBECONFIG: testKubeconfig(), PORT: port }, /^devmachine: .*EADDRINUSE.*\n$/],
  ];
  for (const [env, line] of cases) {
    const { code, stderr } = await runToExit(env);
    assert.match(stderr, line);
    assert.equal(code, 1);
  }
  busy.close();
});

test('on SIGTERM, the process completes the requests in progress and exits', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const api = await startReadyApi(t);
  const responses = Promise.all(
    Array.from({ length: 50 }, (_, index) => api.create(namespace, `last-${index}`)),
  );
  // The response to a later request implies that all of them have arrived.
  await api.call('GET', '/livez');
  const { hostname, port } = new URL(api.url);
  const incomplete = connectSocket(Number(port), hostname).on('error', () => undefined);
  incomplete.write('POST /api/v1/devmachines HTTP/1.1\r\nContent-Le');
  await once(incomplete, 'connect');
  process.kill(api.pid, 'SIGTERM');
  assert.deepEqual(new Set((await responses).map(({ status }) => status)), new Set([201]));
  // Neither idle keep-alive connections nor an incomplete request prevent the exit.
  assert.equal(await api.exitCode, 0);
});
