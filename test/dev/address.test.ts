import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { readAddress } from '../../dev/api.ts';
import { freePort, isFree, onFreePort } from '../../dev/ports.ts';

test('readAddress reads PORT and HOST and derives the URL for this machine', () => {
  assert.deepEqual(readAddress({}), { host: '127.0.0.1', port: 8080, url: 'http://localhost:8080' });
  assert.equal(readAddress({ PORT: '9000', HOST: '0.0.0.0' }).url, 'http://localhost:9000');
  assert.equal(readAddress({ HOST: '192.0.2.7' }).url, 'http://192.0.2.7:8080');
  assert.equal(readAddress({ HOST: '2001:db8::1' }).url, 'http://[2001:db8::1]:8080');
  for (const PORT of ['0', '65536', '80a', '-1', ' 8080'])
    assert.throws(() => readAddress({ PORT }), /^Error: PORT /);
});

test('a port is not free while a process listens on it', async () => {
  const port = await freePort();
  assert.ok(port < 32_768, 'below the ephemeral ports');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  assert.equal(await isFree(port), false);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await isFree(port), true);
});

test('isFree rejects for an address of another machine', async () => {
  await assert.rejects(isFree(8080, '192.0.2.1'), { code: 'EADDRNOTAVAIL' });
});

test('onFreePort tries another port only if the port is in use', async () => {
  const ports: number[] = [];
  const port = await onFreePort(async (candidate) => {
    ports.push(candidate);
    if (ports.length < 3) throw new Error('listen tcp: bind: address already in use');
    return candidate;
  });
  assert.deepEqual([ports.length, ports.at(-1)], [3, port]);
  let attempts = 0;
  const failing = onFreePort(async () => {
    attempts++;
    throw new Error('unknown flag');
  });
  await assert.rejects(failing, /unknown flag/);
  assert.equal(attempts, 1);
});
