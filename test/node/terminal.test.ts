import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createAccount, deleteAccount, EDITOR, grant, VIEWER } from '../auth/support/accounts.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createToken } from '../support/cluster.ts';
import { until, waitFor } from '../support/until.ts';
import { SMALL } from './failures/failure.ts';
import { exec, namespaceOf } from './support/pods.ts';
import { openTerminal } from './support/terminals.ts';

/** Terminals in a machine on a real node. */

const SPEC = { cpu: '1', memory: '512Mi', template: 'jupyter-cpu', command: ['sleep', 'infinity'] };
const TERMINALS = 50;
const MEGABYTES = 10;

test('terminals: sizes, signals, 10 MB, 50 at once; none is left when they are cut', async (t) => {
  const cluster = connect(t);
  // One user may open half of them. A terminal counts until what it has started is gone.
  const api = await startReadyApi(t, { AUTH_MODE: 'kubernetes', MAX_TERMINALS: String(4 * TERMINALS) });
  const namespace = await namespaceOf(t);
  const tokens: Record<string, string> = {};
  for (const [name, rights] of Object.entries({ editor: EDITOR, viewer: VIEWER, leaver: EDITOR })) {
    await createAccount(cluster, namespace, name);
    await grant(cluster, namespace, name, rights, { namespace, name });
    tokens[name] = await createToken(cluster, { namespace, name });
  }
  const query = `namespace=${namespace}&name=shells`;
  const body = {
    apiVersion: 'ide.example.com/v1alpha1',
    kind: 'DevMachine',
    metadata: { name: 'shells' },
    spec: SPEC,
  };
  const headers = { authorization: `Bearer ${tokens['editor']}` };
  const created = await api.call('POST', `/api/v1/devmachines?namespace=${namespace}`, body, headers);
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const open = (more = '', token = tokens['editor']) => openTerminal(t, api.url, `${query}${more}`, token);
  await waitFor('the machine', async () => await open('&command=true').catch(() => false), {
    timeoutMs: 60_000,
    intervalMs: 500,
  });

  await t.test('echo, size, Ctrl-C, exit code', async () => {
    const terminal = await open();
    terminal.socket.send('{"type":"resize","cols":133,"rows":41}');
    terminal.type('stty size; echo "home=$PWD" "[$0]"\r');
    await terminal.shows(/41 133\r\nhome=\/home\/jovyan \[\S*bash\]/);
    assert.doesNotMatch(terminal.shown(), /[0-9a-f]{24}:\d+;/);
    terminal.type('sleep 1000\r');
    await until('sleep', async () => (await count(namespace, 'sleep 1000')) === 1);
    terminal.type('\x03');
    await until('the end of sleep', async () => (await count(namespace, 'sleep 1000')) === 0);
    terminal.type('exit 7\r');
    assert.equal(await terminal.closed, 1000);
    assert.deepEqual(terminal.messages, [{ type: 'exit', code: 7 }]);
  });

  await t.test(`${MEGABYTES} MB in each direction arrive as they are`, async () => {
    const bytes = MEGABYTES * 1_000_000;
    const script = `stty -opost -echo -icanon; head -c ${bytes} /dev/zero | tr '\\0' 'x'; echo; sha256sum`;
    const terminal = await open(
      `&${['sh', '-c', script].map((one) => `command=${encodeURIComponent(one)}`).join('&')}`,
    );
    await terminal.shows(/x\n$/);
    assert.equal(terminal.shown(), `${'x'.repeat(bytes)}\n`);
    terminal.socket.terminate();

    const input = await open(
      `&${['sh', '-c', `stty -echo -icanon min 1; echo ready; head -c ${bytes} | sha256sum`].map((one) => `command=${encodeURIComponent(one)}`).join('&')}`,
    );
    await input.shows(/ready/);
    const typed = Buffer.alloc(bytes, 'The quick brown fox jumps over the lazy dog. ');
    for (let start = 0; start < bytes; start += 50_000)
      input.socket.send(typed.subarray(start, start + 50_000));
    await input.closed;
    assert.match(input.shown(), new RegExp(createHash('sha256').update(typed).digest('hex')));
  });

  await t.test('yes ends with Ctrl-C although the client reads slowly', async () => {
    const terminal = await open();
    terminal.type('yes\r');
    await terminal.shows(/y\r\ny\r\n/);
    terminal.socket.pause();
    await until('a full connection', async () => (await count(namespace, 'yes')) === 1);
    terminal.type('\x03');
    await until('the end of yes', async () => (await count(namespace, 'yes')) === 0);
    terminal.socket.resume();
    terminal.type('exit\r');
    assert.equal(await terminal.closed, 1000);
  });

  await t.test('a viewer opens none', async () => {
    await assert.rejects(open('', tokens['viewer']), /^Error: 403 urn:devmachine:problem:forbidden$/);
  });

  await t.test(`${TERMINALS} terminals, of which none is left after they are cut`, async () => {
    const terminals = await Promise.all(Array.from({ length: TERMINALS }, () => open()));
    terminals.forEach((terminal, index) => {
      terminal.type(`echo "shell"-${index}-; sleep 1234\r`);
    });
    await Promise.all(terminals.map((terminal, index) => terminal.shows(new RegExp(`shell-${index}-`))));
    assert.ok((await count(namespace, 'bash')) >= TERMINALS);
    for (const terminal of terminals) terminal.socket.terminate();
    const cutAt = performance.now();
    const left = async () => (await count(namespace, 'bash')) + (await count(namespace, 'sleep 1234'));
    await until('the end of all shells', async () => (await left()) === 0, { intervalMs: 500 });
    t.diagnostic(`no shell is left after ${Math.round(performance.now() - cutAt)} ms`);
  });

  await t.test('a terminal ends when the account is deleted', async () => {
    const terminal = await open('', tokens['leaver']);
    await deleteAccount(cluster, { namespace, name: 'leaver', token: '' });
    assert.equal(await terminal.closed, 1008);
    const [message] = terminal.messages;
    assert.equal(message.problem.type, 'urn:devmachine:problem:unauthenticated');
  });
});

test('busybox is enough, and a shutdown ends its shell', async (t) => {
  const api = await startReadyApi(t);
  const namespace = await namespaceOf(t);
  assert.equal(
    (await api.create(namespace, 'shells', { ...SMALL, command: ['sleep', 'infinity'] })).status,
    201,
  );
  const open = () => openTerminal(t, api.url, `namespace=${namespace}&name=shells`);
  const terminal = await waitFor('the machine', () => open().catch(() => false as const), {
    timeoutMs: 60_000,
    intervalMs: 500,
  });
  terminal.type('echo "[$0]"\r');
  await terminal.shows(/\[\S*sh\]/);
  assert.equal(await count(namespace, 'sh -l'), 1);
  process.kill(api.pid, 'SIGTERM');
  assert.equal(await terminal.closed, 1001);
  assert.equal(await api.exitCode, 0);
  await until('the end of the shell', async () => (await count(namespace, 'sh -l')) === 0);
});

/** How many processes in the machine have a command that contains this text. */
async function count(namespace: string, text: string): Promise<number> {
  const script = `for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $file 2>/dev/null; echo; done`;
  const output = await exec(namespace, 'deployment/shells', script, 'machine');
  return output.split('\n').filter((line) => line.includes(text) && !line.includes('cmdline')).length;
}
