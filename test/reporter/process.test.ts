import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { testKubeconfig } from '../support/cluster.ts';

const MAIN = join(import.meta.dirname, '../../src/reporter/main.ts');

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    env: { HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, exit: once(child, 'exit') };
}

test('the reporter watches the namespaces of the operator and exits on SIGTERM', async () => {
  const { child, exit } = start({ KUBECONFIG: testKubeconfig(), WATCH_NAMESPACE: 'default,kube-system' });
  const paths = new Set<string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, path } = JSON.parse(line);
    if (msg !== 'listed') continue;
    paths.add(path);
    if (paths.size === 2) child.kill('SIGTERM');
  }
  assert.deepEqual(await exit, [0, null]);
  assert.deepEqual([...paths].sort(), [
    '/api/v1/namespaces/default/secrets',
    '/api/v1/namespaces/kube-system/secrets',
  ]);
});

test('a failed start prints one line on stderr and exits with code 1', async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ WATCH_NAMESPACE: 'a,B' }, /^devmachine-reporter: WATCH_NAMESPACE must hold .*"B" is none\n$/],
    [{}, /^devmachine-reporter: no cluster found: .*\n$/],
  ];
  for (const [env, line] of cases) {
    const { child, exit } = start(env);
    assert.match(Buffer.concat(await child.stderr.toArray()).toString(), line);
    assert.equal((await exit)[0], 1);
  }
});
