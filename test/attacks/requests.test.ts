import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as open } from 'node:net';
import { test } from 'node:test';
import { createTeam, EDITOR, VIEWER } from '../auth/support/accounts.ts';
import { startAuthBackend } from '../auth/support/backend.ts';
import { EXAMPLE_SPEC, FULL_SPEC, manifest } from '../corpus/bodies.ts';
import { bearer } from '../support/api.ts';
import { connect, get } from '../support/cluster.ts';

/** Single requests with which an attacker tries to get around the rules. Each has a token with rights in a namespace of its own. */

/** How long a connection may be silent after an answer before no other one is expected, in ms. */
const SILENCE_MS = 300;

/** Sends bytes as they are; resolves with all that is answered. */
async function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = open({ host: hostname, port: Number(port) });
  let answer = '';
  let silence: NodeJS.Timeout | undefined;
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
    clearTimeout(silence);
    silence = setTimeout(() => socket.destroy(), SILENCE_MS);
  });
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  clearTimeout(silence);
  assert.notEqual(answer, '', text.slice(0, 200));
  return answer;
}

const statusesOf = (answer: string): number[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));

test('paths and queries that other servers would resolve to another call', async (t) => {
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(connect(t), { viewer: VIEWER });
  const victim = await createTeam(connect(t), { editor: EDITOR });
  await api.as(victim.accounts.editor.token)(
    'POST',
    `/api/v1/devmachines?namespace=${victim.namespace}`,
    manifest(EXAMPLE_SPEC, { name: 'one' }),
  );
  const status = '/api/v1/devmachines/status';
  const own = `namespace=${namespace}`;
  const foreign = `namespace=${victim.namespace}&name=one`;
  const tries = [
    `${status}?${own}&${foreign}`,
    `${status}?${foreign}&${own}`,
    `${status}?${foreign}%00`,
    `${status}?namespace=${namespace}%2F..%2F${victim.namespace}&name=one`,
    `${status}?${own}&name=..%2F${victim.namespace}%2Fone`,
    `${status}?${own}&name=one%3Fnamespace%3D${victim.namespace}`,
    `${status};/../../livez?${foreign}`,
    `/livez/..${status}?${foreign}`,
    `/livez/%2e%2e${status}?${foreign}`,
    `//api/v1/devmachines/status?${foreign}`,
    `/API/V1/devmachines/status?${foreign}`,
    `${status}/?${foreign}`,
    `${status}%2f?${foreign}`,
    `http://127.0.0.1${status}?${foreign}`,
  ];
  for (const path of tries) {
    const authorization = `Authorization: Bearer ${accounts.viewer.token}`;
    const answer = await raw(
      api.url,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization}\r\nConnection: close\r\n\r\n`,
    );
    const [code = 0] = statusesOf(answer);
    assert.ok([400, 403, 404].includes(code), `${path}: ${answer.slice(0, 200)}`);
    assert.ok(!answer.includes('"phase"'), path);
  }
});

test('requests that proxies and this server could separate differently', async (t) => {
  const api = await startAuthBackend(t);
  const smuggled = 'GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  const tries = [
    `POST /api/v1/devmachines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `POST /api/v1/devmachines HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345${smuggled}`,
    `POST /api/v1/devmachines HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n${smuggled}`,
    `GET /livez HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n${smuggled}`,
  ];
  for (const text of tries)
    assert.ok(!statusesOf(await raw(api.url, text)).includes(200), JSON.stringify(text));
});

test('line feeds in every string of a request end up in no header and no log line of their own', async (t) => {
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(connect(t), { editor: EDITOR });
  const call = api.as(accounts.editor.token);
  const hostile = 'x\r\nset-cookie: a=b\r\n\r\n{"level":60,"msg":"forged"}';
  const strings = stringFields({ metadata: { name: 'one' }, spec: FULL_SPEC });
  assert.ok(strings.length > 30);
  for (const path of strings) {
    const body = structuredClone(manifest(FULL_SPEC, { name: 'one' })) as Record<string, unknown>;
    set(body, path, hostile);
    const { status, headers } = await call(
      'POST',
      `/api/v1/devmachines?namespace=${namespace}&dryRun=true`,
      body,
    );
    assert.ok([200, 400, 422].includes(status), `${path.join('/')}: ${status}`);
    assert.equal(headers['set-cookie'], undefined);
  }
  const query = encodeURIComponent(hostile);
  for (const path of [`?namespace=${query}`, `/status?namespace=${namespace}&name=${query}`, `/${query}`]) {
    const { status, headers } = await call('GET', `/api/v1/devmachines${path}`);
    assert.ok([400, 404].includes(status), path);
    assert.equal(headers['set-cookie'], undefined);
  }
  for (const line of api.log) for (const part of line.trim().split('\n')) JSON.parse(part);
});

test('JSON that is deep, wide, or hides fields', async (t) => {
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(connect(t), { editor: EDITOR });
  const url = `/api/v1/devmachines?namespace=${namespace}`;
  const json = { ...bearer(accounts.editor.token), 'content-type': 'application/json' };
  const spec = JSON.stringify(EXAMPLE_SPEC).slice(1);
  const body = (inner: string) =>
    `{"apiVersion":"ide.example.com/v1alpha1","kind":"DevMachine","metadata":{"name":"one"},"spec":{${inner}${spec}}`;
  const tries = [
    '['.repeat(100_000),
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    body(`"args":[${'"x",'.repeat(50_000)}"x"],`),
    body('"__proto__":{"stopped":true},'),
    body('"constructor":{"prototype":{"stopped":true}},'),
    body('"cpu":1,'),
    body('"gpu":1e400,'),
    body('"status":{"phase":"Running"},'),
  ];
  for (const text of tries) {
    const { status } = await api.call('POST', url, text, json);
    assert.ok([400, 413].includes(status), `${text.slice(0, 60)}: ${status}`);
  }
  const object = { metadata: { name: 'one', namespace: 'kube-system' } };
  const other = await api.call('POST', url, { ...manifest(EXAMPLE_SPEC, { name: 'one' }), ...object }, json);
  assert.equal(other.status, 400);
  const machines = await get(
    connect(t),
    `/apis/ide.example.com/v1alpha1/namespaces/${namespace}/devmachines`,
  );
  assert.deepEqual(machines.body.items, []);
});

type Path = readonly (string | number)[];

function stringFields(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringFields(inner, [...path, key]));
}

function set(object: Record<string, unknown>, path: Path, value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce((inner: Record<string, unknown>, key) => inner[key] as typeof object, object);
  parent[String(path.at(-1))] = value;
}
