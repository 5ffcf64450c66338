import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { connect } from '../support/cluster.ts';
import { addAccess, addDisk } from '../support/kept-objects.ts';
import { createTeam, EDITOR, VIEWER } from './support/accounts.ts';
import { outcome, startAuthBackend } from './support/backend.ts';

/** Every call of openapi.yaml, with and without a token, and with and without the right that the call declares. */

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security?: readonly object[];
  readonly 'x-kubernetes-access'?: { readonly verb: string; readonly resource: string };
}

const document = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
const operations = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): Operation => ({ ...operation, path, method })),
);

interface Call {
  readonly query?: string;
  readonly body?: object;
  /** The method and the status of the allowed case. */
  readonly allowed?: readonly [method: string, status: number];
}

const ONE = '&name=one';
const RIGHT = / cannot (get|list|watch|create|patch|delete) resource "[a-z/]+" in API group /;
const BODY = manifest(EXAMPLE_SPEC, { name: 'one' });

/** In an order in which the allowed cases succeed. */
const CALLS: Readonly<Record<string, Call>> = {
  listTemplates: {},
  createDevMachine: { body: BODY, allowed: ['POST', 201] },
  replaceDevMachine: { body: BODY },
  getDevMachineStatus: { query: ONE },
  listDevMachines: {},
  // A stream has no end: its HEAD has the same access.
  streamDevMachineEvents: { allowed: ['HEAD', 200] },
  stopDevMachine: { query: ONE, allowed: ['POST', 202] },
  startDevMachine: { query: ONE, allowed: ['POST', 202] },
  restartDevMachine: { query: ONE, allowed: ['POST', 202] },
  getDevMachineAccess: { query: ONE },
  getDevMachineTimeline: { query: ONE },
  // There is no pod.
  getDevMachineLogs: { query: ONE, allowed: ['GET', 409] },
  // No upgrade is requested.
  openDevMachineTerminal: { query: ONE, allowed: ['GET', 426] },
  listNamespaces: {},
  listDisks: {},
  deleteDisk: { query: '&name=gone-disk', allowed: ['DELETE', 202] },
  deleteDevMachine: { query: ONE, allowed: ['DELETE', 202] },
};

test('every call refuses callers without a token or without the right, and admits the others', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR, viewer: VIEWER, nobody: [] });
  await addAccess(cluster, namespace, 'one');
  await addDisk(cluster, namespace, 'gone');
  assert.deepEqual(new Set(operations.map(({ operationId }) => operationId)), new Set(Object.keys(CALLS)));

  for (const [operationId, { query = '', body, allowed }] of Object.entries(CALLS)) {
    const operation = operations.find((one) => one.operationId === operationId) ?? assert.fail(operationId);
    const { method, path, security, 'x-kubernetes-access': access } = operation;
    const url = access ? `${path}?namespace=${namespace}${query}` : path;
    assert.deepEqual(security, [{ bearer: [] }], operationId);

    const anonymous = await api.call(method.toUpperCase(), url, body);
    assert.equal(outcome(anonymous), '401 unauthenticated', operationId);
    assert.equal(anonymous.headers['www-authenticate'], 'Bearer');

    const nobody = await api.as(accounts.nobody.token)(method.toUpperCase(), url, body);
    if (access) {
      assert.equal(outcome(nobody), '403 forbidden', operationId);
      const { detail } = nobody.body;
      assert.match(detail, RIGHT);
      assert.ok(detail.includes(` resource "${access.resource}" `), detail);
      assert.ok(detail.endsWith(` in the namespace "${namespace}".`) || detail.includes(namespace), detail);
    } else assert.equal(nobody.status, 200, operationId);

    const isOfViewers = access?.resource === 'devmachines' && ['get', 'list', 'watch'].includes(access.verb);
    if (access && !isOfViewers) {
      const viewer = await api.as(accounts.viewer.token)(method.toUpperCase(), url, body);
      assert.equal(outcome(viewer), '403 forbidden', `${operationId} by a viewer`);
    }

    const [allowedMethod, status] = allowed ?? [method.toUpperCase(), 200];
    const editor = await api.as(accounts.editor.token)(allowedMethod, url, body);
    assert.equal(editor.status, status, `${operationId}: ${JSON.stringify(editor.body)}`);
  }
});

test('probes and the OpenAPI document need no token; metrics are on another port', async (t) => {
  const api = await startAuthBackend(t);
  for (const path of ['/livez', '/readyz']) assert.equal((await api.call('GET', path)).status, 200, path);
  const { status, headers, body } = await api.call('GET', '/openapi.yaml');
  assert.deepEqual([status, headers['content-type']], [200, 'application/yaml']);
  assert.deepEqual(parse(body), document);
  assert.equal(outcome(await api.call('GET', '/metrics')), '404 no-such-call');
});

test('a right is reviewed before the request is validated or anything is looked up', async (t) => {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR, nobody: [] });
  const other = await createTeam(cluster, { owner: EDITOR });
  const create = await api.as(other.accounts.owner.token)(
    'POST',
    `/api/v1/devmachines?namespace=${other.namespace}`,
    BODY,
  );
  assert.equal(create.status, 201);

  const STATUS = '/api/v1/devmachines/status';
  const outcomes = async (token: string, queries: readonly string[]) => {
    const call = api.as(token);
    return Promise.all(queries.map(async (query) => outcome(await call('GET', `${STATUS}?${query}`))));
  };
  // Whether a machine or a namespace exists makes no difference to somebody without the right.
  const foreign = ['one', 'missing'].map((name) => `namespace=${other.namespace}&name=${name}`);
  const absent = ['namespace=no-such-namespace&name=one'];
  assert.deepEqual(
    new Set(await outcomes(accounts.editor.token, [...foreign, ...absent])),
    new Set(['403 forbidden']),
  );
  const invalid = [`namespace=${namespace}&name=A`, `namespace=${namespace}`];
  assert.deepEqual(await outcomes(accounts.nobody.token, invalid), ['403 forbidden', '403 forbidden']);
  assert.deepEqual(await outcomes(accounts.editor.token, invalid), [
    '400 invalid-request',
    '400 invalid-request',
  ]);
  // A query that names no single namespace is invalid for everybody.
  const ambiguous = ['name=one', 'namespace=A&name=one', 'namespace=a&namespace=b&name=one', 'namespace='];
  for (const token of [accounts.nobody.token, accounts.editor.token])
    assert.deepEqual(new Set(await outcomes(token, ambiguous)), new Set(['400 invalid-request']));

  // Nor does it for writes that the cluster itself decides.
  const write = api.as(accounts.editor.token);
  for (const name of ['one', 'missing']) {
    const body = manifest({ ...EXAMPLE_SPEC, cpu: 9 }, { name });
    for (const method of ['POST', 'PUT']) {
      const response = await write(method, `/api/v1/devmachines?namespace=${other.namespace}`, body);
      assert.equal(outcome(response), '403 forbidden', `${method} ${name}`);
    }
  }
});
