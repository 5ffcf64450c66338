import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { createAccount, deleteAccount, EDITOR, grant, VIEWER } from '../auth/support/accounts.ts';
import { type Api, bearer, startReadyApi } from '../support/api.ts';
import { connect, createToken } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { SMALL } from './failures/failure.ts';
import { machineOf } from './support/machines.ts';

/** Logs of a machine on a real node. */

const LINES = 2_500;
const LINE = '0'.repeat(3_990);
/** Writes 10 MB, and ends when it is told to, without a line break, which a followed log adds. */
const SCRIPT = `trap exit TERM; echo boot; i=0; while [ $i -lt ${LINES} ]; do echo "${'$'}(printf '%05d' $i) $LINE"; i=$((i+1)); done
while [ ! -e /tmp/end ]; do sleep 0.1; done; printf last; exit 3`;
const SPEC = { ...SMALL, cpu: '1', env: [{ name: 'LINE', value: LINE }], command: ['sh', '-c', SCRIPT] };

const WRITTEN = `boot\n${Array.from({ length: LINES }, (_, index) => `${String(index).padStart(5, '0')} ${LINE}\n`).join('')}`;
const RESTARTED = '--- container restarted: Error, exit 3 ---\n';
const TIMEOUT = { timeoutMs: 60_000 };
const FOLLOWERS = 10;

interface Following {
  readonly text: () => string;
  readonly ended: Promise<void>;
  abort(): void;
}

/** Follows a log. */
async function follow(t: TestContext, url: string, query: string, headers = {}): Promise<Following> {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const { signal } = abort;
  const response = await fetch(`${url}/api/v1/devmachines/logs?${query}&follow=true`, { headers, signal });
  assert.equal(response.status, 200);
  let text = '';
  const ended = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
  })().catch((error) => {
    if (!signal.aborted) throw error;
  });
  return { text: () => text, ended, abort: () => abort.abort() };
}

const sockets = ({ pid }: Api): number => readdirSync(`/proc/${pid}/fd`).length;

test('a log is followed over a restart of the container and a new pod, until the machine stops', async (t) => {
  const machine = await machineOf(t);
  const { api, namespace, name } = machine;
  const query = `namespace=${namespace}&name=${name}`;
  const logs = (more = '') => api.call('GET', `/api/v1/devmachines/logs?${query}${more}`);
  await machine.create(SPEC);
  await until('the machine to run', async () => (await logs()).status === 200, TIMEOUT);
  assert.equal((await logs('&previous=true')).body.type, 'urn:devmachine:problem:container-not-found');
  assert.equal((await logs('&container=none')).body.type, 'urn:devmachine:problem:container-not-found');

  const before = sockets(api);
  const all = await follow(t, api.url, query);
  await until('all lines', () => all.text().length === WRITTEN.length, TIMEOUT);
  const tail = await follow(t, api.url, `${query}&tailLines=0`);
  assert.equal(all.text(), WRITTEN);
  const whole = await logs();
  assert.equal(whole.body, WRITTEN);
  assert.equal(whole.headers['cache-control'], 'no-store');
  assert.equal((await logs('&tailLines=1')).body, WRITTEN.slice(-LINE.length - 7));

  await machine.exec('touch /tmp/end');
  const twice = `${WRITTEN}last\n${RESTARTED}${WRITTEN}`;
  await until('the lines after the restart', () => all.text().length >= twice.length, TIMEOUT);
  assert.equal(all.text(), twice);
  assert.equal((await logs('&previous=true')).body, `${WRITTEN}last`);

  const [pod = ''] = await machine.pods();
  await machine.power('restart');
  await until('the lines of the new pod', () => all.text().length > twice.length + WRITTEN.length, TIMEOUT);
  const [next = ''] = (await machine.pods()).filter((one) => one !== pod);
  const replaced = `--- pod replaced: ${pod.slice('pod/'.length)} by ${next.slice('pod/'.length)} ---\n`;
  assert.equal(all.text(), `${twice}${replaced}${WRITTEN}`);

  await machine.power('stop');
  await all.ended;
  assert.equal(all.text(), `${twice}${replaced}${WRITTEN}--- machine stopped ---\n`);
  await tail.ended;
  assert.equal(tail.text(), all.text().slice(WRITTEN.length));
  await until('the connections to be closed', () => sockets(api) <= before);
  const isRefused = async () => (await logs()).body.type === 'urn:devmachine:problem:machine-not-ready';
  await until('the end of the pod', isRefused, TIMEOUT);
});

test('a followed log ends with the right to it, and its connection with the client', async (t) => {
  const cluster = connect(t);
  const machine = await machineOf(t);
  const { namespace, name } = machine;
  const api = await startReadyApi(t, { AUTH_MODE: 'kubernetes' });
  const tokens: Record<string, string> = {};
  for (const [account, rights] of Object.entries({ viewer: VIEWER, leaver: EDITOR })) {
    await createAccount(cluster, namespace, account);
    await grant(cluster, namespace, account, rights, { namespace, name: account });
    tokens[account] = await createToken(cluster, { namespace, name: account });
  }
  await machine.create({
    ...SMALL,
    command: ['sh', '-c', 'trap exit TERM; echo ready; while :; do sleep 1; done'],
  });
  const query = `namespace=${namespace}&name=${name}`;
  const path = `/api/v1/devmachines/logs?${query}`;
  const logs = (account: string) => api.call('GET', path, undefined, bearer(tokens[account] ?? ''));
  await until('the log', async () => (await logs('leaver')).body === 'ready\n', TIMEOUT);
  assert.equal((await logs('viewer')).body.type, 'urn:devmachine:problem:forbidden');

  const followLog = () => follow(t, api.url, query, bearer(tokens['leaver'] ?? ''));
  const abandoned = await Promise.all(Array.from({ length: FOLLOWERS }, followLog));
  await until('the first lines', () => abandoned.every(({ text }) => text() === 'ready\n'));
  const open = sockets(api);
  for (const { abort } of abandoned) abort();
  // One of the client and one to the cluster each. Others that are idle may be closed, too, but not as many.
  await until('the connections to be closed', () => sockets(api) <= open - 2 * FOLLOWERS);

  const revoked = await followLog();
  await deleteAccount(cluster, { namespace, name: 'leaver', token: '' });
  await revoked.ended;
  assert.match(revoked.text(), /^ready\n--- log ended: The cluster does not accept the token: .* ---\n$/);
});
