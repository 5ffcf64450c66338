import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import type { KubeRequest } from '../../src/kube/client/transport.ts';
import { OPERATOR } from '../operator/helm.ts';
import { connect, create } from '../support/cluster.ts';
import { type DeployedCluster, startDeployedCluster } from '../support/deployed.ts';

/** What the roles of people allow in their namespace, and nothing else. test/deploy/backend.test.ts is about the backend's. */

const MACHINES = 'devmachines.ide.example.com';

/** Role → resource → verbs. */
const ROLES: Record<string, Record<string, string>> = {
  'devmachine-viewer': { [MACHINES]: 'get list watch' },
  'devmachine-editor': {
    [MACHINES]: 'create delete get list patch watch',
    events: 'get list',
    persistentvolumeclaims: 'delete get list',
    pods: 'get list',
    'pods/exec': 'create get',
    'pods/log': 'get',
    secrets: 'delete get',
  },
};

const core = '/api/v1/namespaces/team';
const machines = '/apis/ide.example.com/v1alpha1/namespaces/team/devmachines';

type Method = NonNullable<KubeRequest['method']>;

/** Calls of the API server, for objects that do not exist. A body is invalid: it only has to pass the authorization. */
const CALLS: readonly (readonly [verb: string, resource: string, method: Method, path: string])[] = [
  ['create', MACHINES, 'POST', machines],
  ['delete', MACHINES, 'DELETE', `${machines}/none`],
  ['get', MACHINES, 'GET', `${machines}/none`],
  ['list', MACHINES, 'GET', machines],
  ['patch', MACHINES, 'PATCH', `${machines}/none`],
  ['update', MACHINES, 'PUT', `${machines}/none`],
  ['watch', MACHINES, 'GET', `${machines}?watch=true&timeoutSeconds=1`],
  ['patch', `${MACHINES}/status`, 'PATCH', `${machines}/none/status`],
  ['get', 'events', 'GET', `${core}/events/none`],
  ['list', 'events', 'GET', `${core}/events`],
  ['create', 'persistentvolumeclaims', 'POST', `${core}/persistentvolumeclaims`],
  ['delete', 'persistentvolumeclaims', 'DELETE', `${core}/persistentvolumeclaims/none`],
  ['get', 'persistentvolumeclaims', 'GET', `${core}/persistentvolumeclaims/none`],
  ['list', 'persistentvolumeclaims', 'GET', `${core}/persistentvolumeclaims`],
  ['create', 'pods', 'POST', `${core}/pods`],
  ['delete', 'pods', 'DELETE', `${core}/pods/none`],
  ['get', 'pods', 'GET', `${core}/pods/none`],
  ['list', 'pods', 'GET', `${core}/pods`],
  ['create', 'pods/exec', 'POST', `${core}/pods/none/exec?command=id`],
  ['get', 'pods/exec', 'GET', `${core}/pods/none/exec?command=id`],
  ['get', 'pods/log', 'GET', `${core}/pods/none/log`],
  ['create', 'secrets', 'POST', `${core}/secrets`],
  ['delete', 'secrets', 'DELETE', `${core}/secrets/none`],
  ['get', 'secrets', 'GET', `${core}/secrets/none`],
  ['list', 'secrets', 'GET', `${core}/secrets`],
];

let cluster: DeployedCluster;

before(async () => {
  cluster = await startDeployedCluster();
  await cluster.kubectl('create', 'namespace', 'team');
  await cluster.kubectl('create', 'namespace', 'other');
  await cluster.kubectl('create', 'serviceaccount', 'nobody', '-n', 'team');
  for (const role of Object.keys(ROLES)) {
    await cluster.kubectl('create', 'serviceaccount', role, '-n', 'team');
    const grant = [`--clusterrole=${role}`, `--serviceaccount=team:${role}`];
    await cluster.kubectl('create', 'rolebinding', role, '-n', 'team', ...grant);
  }
});

after(() => cluster?.remove());

const kubeconfig = async (account: string) => cluster.kubeconfigOf(await cluster.token('team', account));

/** All rights in a namespace, as the API server lists them: "verb resource". */
async function rightsIn(client: ClusterClient, namespace: string): Promise<Set<string>> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const { body } = await create(client, path, { spec: { namespace } });
  assert.equal(body.status.incomplete, false);
  const rights = new Set<string>();
  for (const { apiGroups, resources, verbs } of body.status.resourceRules)
    for (const group of apiGroups)
      for (const resource of resources)
        for (const verb of verbs) rights.add(`${verb} ${named(resource, group)}`);
  return rights;
}

/** resource.group/subresource, as kubectl writes it. */
const named = (resource: string, group: string) =>
  group === '' ? resource : resource.replace(/^[^/]+/, (name) => `${name}.${group}`);

for (const [role, rules] of Object.entries(ROLES)) {
  const expected = Object.entries(rules).flatMap(([resource, verbs]) =>
    verbs.split(' ').map((verb) => `${verb} ${resource}`),
  );

  test(`${role} grants its rules in one namespace, and nothing else`, async (t) => {
    const client = connect(t, await kubeconfig(role));
    const common = await rightsIn(connect(t, await kubeconfig('nobody')), 'team');
    const additional = (await rightsIn(client, 'team')).difference(common);
    assert.deepEqual([...additional].sort(), expected.toSorted());
    assert.deepEqual(await rightsIn(client, 'other'), common);
  });

  test(`the API server refuses an account with ${role} what the role does not name`, async (t) => {
    const client = connect(t, await kubeconfig(role));
    const allowed = await Promise.all(
      CALLS.map(async ([verb, resource, method, path]) => {
        const [pathname = '', query] = path.split('?');
        const { status } = await client.request({
          method,
          path: pathname,
          ...(query ? { query: Object.fromEntries(new URLSearchParams(query)) } : {}),
          ...(/^P/.test(method) ? { body: {}, contentType: CONTENT_TYPES[method] ?? '' } : {}),
          signal: AbortSignal.timeout(30_000),
        });
        assert.ok(status !== 401 && status < 500, `${verb} ${resource}: ${status}`);
        return status === 403 ? [] : [`${verb} ${resource}`];
      }),
    );
    assert.deepEqual(allowed.flat().sort(), expected.toSorted());
  });
}

const CONTENT_TYPES: Record<string, string> = {
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/merge-patch+json',
};

test('an editor manages machines with kubectl, and a viewer sees them', async () => {
  const sample = join(OPERATOR, 'config/samples/ide_v1alpha1_devmachine.yaml');
  const as = async (account: string) => {
    const file = await kubeconfig(account);
    return (...args: string[]) => cluster.kubectl('--kubeconfig', file, '-n', 'team', ...args);
  };
  const [editor, viewer] = [await as('devmachine-editor'), await as('devmachine-viewer')];
  await assert.rejects(viewer('apply', '-f', sample), /is forbidden: User .* cannot create resource/);
  assert.match((await editor('apply', '-f', sample)).stdout, / created\n$/);
  const { stdout: name } = await viewer('get', 'devmachines', '-o', 'name');
  assert.match(name, /^devmachine\.ide\.example\.com\/\S+\n$/);
  await assert.rejects(viewer('delete', name.trim()), /cannot delete resource/);
  assert.match((await editor('delete', name.trim())).stdout, / deleted/);
});
