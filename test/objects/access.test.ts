import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTeam, EDITOR, VIEWER } from '../auth/support/accounts.ts';
import { auditLines, outcome, startAuthBackend } from '../auth/support/backend.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { connect, create, get } from '../support/cluster.ts';
import { addAccess, labelsOf, PASSWORD } from '../support/kept-objects.ts';
import { until } from '../support/until.ts';

/** GET /api/v1/devmachines/access, with objects in the shape that the chart renders. */

const GET_SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };

async function open(t: Parameters<typeof connect>[0], env: Record<string, string> = {}) {
  const cluster = connect(t);
  const api = await startAuthBackend(t, { env });
  const team = await createTeam(cluster, { editor: EDITOR, viewer: VIEWER, reader: [GET_SECRETS] });
  const { namespace, accounts } = team;
  const path = (name: string) => `/api/v1/devmachines/access?namespace=${namespace}&name=${name}`;
  const access = (name: string, account: keyof typeof accounts = 'editor') =>
    api.as(accounts[account].token)('GET', path(name));
  const machine = async (name: string, spec: object) => {
    const url = `/api/v1/devmachines?namespace=${namespace}`;
    const { status, body } = await api.as(accounts.editor.token)('POST', url, manifest(spec, { name }));
    assert.equal(status, 201, JSON.stringify(body));
    return body.metadata.uid as string;
  };
  return { cluster, api, namespace, access, machine };
}

test('the password is told under the name that the IDE gives it', async (t) => {
  const { cluster, namespace, access, machine } = await open(t);
  const { ingressDomain: _, ...spec } = EXAMPLE_SPEC;
  const specs = {
    vscode: { ...spec, template: 'vscode-cpu' },
    jupyter: { ...spec, template: 'jupyter-cpu' },
    arguments: { ...spec, template: 'jupyter-cpu', args: ['--debug'] },
    command: { ...spec, template: 'vscode-cpu', command: ['sleep', 'infinity'] },
    image: { ...spec, template: undefined, image: 'docker.io/library/debian:12' },
  };
  for (const [name, one] of Object.entries(specs)) {
    await machine(name, one);
    const early = await access(name);
    assert.equal(outcome(early), '409 machine-not-ready');
    assert.match(early.body.detail, new RegExp(`Secret ${name}-access does not exist yet.* is Pending \\(`));
    assert.ok(Number(early.headers['retry-after']) > 0);
    await addAccess(cluster, namespace, name);
  }
  const kinds = { vscode: 'password', jupyter: 'token', arguments: 'token', command: 'none', image: 'none' };
  for (const [name, kind] of Object.entries(kinds)) {
    const { status, headers, body } = await access(name);
    assert.deepEqual([status, body], [200, { kind, password: PASSWORD }], name);
    assert.equal(headers['cache-control'], 'no-store');
  }
});

test('behind the proxy of the administrator, there is no password to ask for', async (t) => {
  const { cluster, namespace, access, machine } = await open(t);
  const uid = await machine('proxied', { ...EXAMPLE_SPEC, template: 'vscode-cpu' });
  await addAccess(cluster, namespace, 'proxied');
  const labels = { ...labelsOf('proxied'), 'ide.example.com/guard': 'proxy' };
  const owner = { apiVersion: 'ide.example.com/v1alpha1', kind: 'DevMachine', name: 'proxied', uid };
  const deployment = await create(cluster, `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'proxied', labels: labelsOf('proxied'), ownerReferences: [owner] },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'machine', image: 'debian:12' }] } },
    },
  });
  assert.equal(deployment.status, 201, JSON.stringify(deployment.body));
  await until('the proxy to be known', async () => (await access('proxied')).body.kind === 'proxy');
  assert.deepEqual((await access('proxied')).body, { kind: 'proxy' });
});

test('the right to read Secrets is needed, and the right to get machines', async (t) => {
  const { cluster, namespace, access, machine } = await open(t);
  await machine('one', EXAMPLE_SPEC);
  await addAccess(cluster, namespace, 'one');
  for (const [account, right] of [
    ['viewer', 'get resource "secrets" in API group ""'],
    ['reader', 'get resource "devmachines" in API group "ide.example.com"'],
  ] as const) {
    const refused = await access('one', account);
    assert.equal(outcome(refused), '403 forbidden');
    assert.ok(refused.body.detail.endsWith(`:${account}" cannot ${right} in the namespace "${namespace}".`));
    assert.deepEqual(outcome(await access('missing', account)), '403 forbidden');
  }
  assert.equal(outcome(await access('missing')), '404 machine-not-found');
  await machine('foreign', EXAMPLE_SPEC);
  await addAccess(cluster, namespace, 'foreign', { metadata: { labels: labelsOf('one') } });
  const foreign = await access('foreign');
  assert.equal(outcome(foreign), '409 machine-not-ready');
  assert.match(foreign.body.detail, /foreign-access is not the access Secret of the machine/);
});

test('a read of a password is in the audit log, and the password in no log', async (t) => {
  const { cluster, api, namespace, access, machine } = await open(t, { LOG_READS_EVERY: '1' });
  await machine('one', EXAMPLE_SPEC);
  await addAccess(cluster, namespace, 'one');
  await machine('foreign', EXAMPLE_SPEC);
  await addAccess(cluster, namespace, 'foreign', { metadata: { labels: {} } });
  assert.equal((await access('one')).body.password, PASSWORD);
  assert.equal(outcome(await access('foreign')), '409 machine-not-ready');
  await until('the audit lines', () => auditLines(api).filter(({ audit }) => audit.resource).length === 2);
  const [line] = auditLines(api).filter(({ audit }) => audit.resource === 'secrets');
  const user = `system:serviceaccount:${namespace}:editor`;
  assert.deepEqual(line?.audit, {
    user,
    verb: 'get',
    resource: 'secrets',
    namespace,
    name: 'one',
    status: 200,
  });
  const log = api.log.join('');
  for (const text of [PASSWORD, Buffer.from(PASSWORD).toString('base64')]) assert.ok(!log.includes(text));
  const stored = await get(cluster, `/api/v1/namespaces/${namespace}/secrets/one-access`);
  assert.equal(Buffer.from(stored.body.data.password, 'base64').toString(), PASSWORD);
});
