import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import WebSocket from 'ws';
import { freePort } from '../../dev/ports.ts';
import { createTeam, EDITOR, VIEWER } from '../auth/support/accounts.ts';
import { auditLines, outcome, startAuthBackend } from '../auth/support/backend.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { type Owner, pod } from '../status/objects.ts';
import { makeReal } from '../status/real.ts';
import type { Api } from '../support/api.ts';
import { connect, create, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';

/**
 * Logs and terminals on a real API server, of a pod whose node has no kubelet, as kwok's nodes. test/node has those of a real
 * node.
 */

const ONE_RIGHT = (resource: string, verbs: string[]) => ({ apiGroups: [''], resources: [resource], verbs });
const SEE = 'get';

async function open(t: TestContext) {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, {
    editor: EDITOR,
    viewer: VIEWER,
    halfway: [SEE, ONE_RIGHT('pods/exec', ['get'])],
    blind: [ONE_RIGHT('pods/log', ['get']), ONE_RIGHT('pods/exec', ['get', 'create'])],
  });
  type Name = keyof typeof accounts;
  const query = `namespace=${namespace}&name=one`;
  const logs = (more = '', account: Name = 'editor') =>
    api.as(accounts[account].token)('GET', `/api/v1/devmachines/logs?${query}${more}`);
  const terminal = async (more = '', account: Name = 'editor') => {
    const token = Buffer.from(accounts[account].token).toString('base64url');
    const socket = new WebSocket(
      `${api.url}/api/v1/devmachines/terminal?${query}${more}`.replace('http', 'ws'),
      ['devmachine.terminal.v1', `base64url.bearer.authorization.k8s.io.${token}`],
    );
    socket.on('error', () => undefined);
    t.after(() => socket.terminate());
    const [, response] = await once(socket, 'unexpected-response');
    const body = JSON.parse(Buffer.concat(await response.toArray()).toString());
    return { status: response.statusCode, headers: response.headers, body };
  };
  const { put } = await makeReal(cluster, api as unknown as Api, namespace);
  return { cluster, api, namespace, accounts, logs, terminal, put };
}

/** Nothing in the cluster of the tests looks at nodes. */
async function addNode(cluster: ReturnType<typeof connect>, name: string): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
  assert.equal((await create(cluster, '/api/v1/nodes', node)).status, 201);
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: await freePort() } },
  };
  assert.equal((await mergePatch(cluster, `/api/v1/nodes/${name}/status`, { status })).status, 200);
}

test('each failure has its problem, before a terminal opens or a log begins', async (t) => {
  const { cluster, api, namespace, accounts, logs, terminal, put } = await open(t);
  const both = async (more: string, expected: string, account?: keyof typeof accounts) => {
    for (const response of [await logs(more, account), await terminal(more, account)])
      assert.equal(outcome(response), expected, JSON.stringify(response.body));
  };
  await both('', '404 machine-not-found');
  await both('', '403 forbidden', 'viewer');
  // Whether there is a machine is told to those alone who may see machines.
  await both('', '403 forbidden', 'blind');
  const halfway = await terminal('', 'halfway');
  assert.match(halfway.body.detail, /cannot create resource "pods\/exec"/);

  const url = `/api/v1/devmachines?namespace=${namespace}`;
  const body = manifest(EXAMPLE_SPEC, { name: 'one' });
  assert.equal((await api.as(accounts.editor.token)('POST', url, body)).status, 201);
  await both('', '409 machine-not-ready');
  assert.match(
    (await logs()).body.detail,
    /^It has no pod\. The machine one is Pending \(AwaitingOperator\)/,
  );
  await both('&follow=maybe', '400 invalid-request');
  assert.equal(outcome(await logs('&follow=true&previous=true')), '400 invalid-request');
  for (const wrong of ['tailLines=-1', 'tailLines=x', 'sinceSeconds=0', 'container=A%0Db', 'container=../x'])
    assert.equal(outcome(await logs(`&${wrong}`)), '400 invalid-request', wrong);

  const node = `no-kubelet-${namespace}`;
  await addNode(cluster, node);
  const owner = { namespace, name: 'one' } as Owner;
  const waits = { state: { waiting: { reason: 'ContainerCreating' } } };
  await put(pod(owner, { node, machine: waits, suffix: 'a' }), new Map());
  await until('the pod in the cache', async () =>
    /machine does not run/.test((await terminal()).body.detail),
  );
  await both('&container=none', '404 container-not-found');
  assert.match((await logs('&container=none')).body.detail, /It has: machine\.$/);

  await put(pod(owner, { node, suffix: 'b' }), new Map());
  await until('the newer pod', async () => outcome(await terminal()) === '503 kubelet-unreachable');
  await both('', '503 kubelet-unreachable');
  assert.equal(outcome(await logs('&follow=true')), '503 kubelet-unreachable');
  assert.ok(Number((await logs()).headers['retry-after']) > 0);
  // No address inside the cluster is told.
  assert.doesNotMatch(JSON.stringify([(await logs()).body, (await terminal()).body]), /127\.0\.0\.1|10250/);

  const refused = auditLines(api).filter(({ audit }) => audit.resource === 'pods/exec');
  assert.ok(refused.every(({ audit }) => audit.status >= 400 && audit.verb === 'create'));
  const log = api.log.join('');
  for (const { token } of Object.values(accounts)) {
    assert.ok(!log.includes(token.split('.')[2] ?? assert.fail()));
    assert.ok(!log.includes(Buffer.from(token).toString('base64url').slice(-40)));
  }
});
