import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTeam, EDITOR, VIEWER } from '../auth/support/accounts.ts';
import { outcome, startAuthBackend } from '../auth/support/backend.ts';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { connect, create, mergePatch } from '../support/cluster.ts';

/** GET /api/v1/devmachines/timeline, with events in the shapes that recorders write. */

const API_VERSIONS: Readonly<Record<string, string>> = {
  DevMachine: 'ide.example.com/v1alpha1',
  Ingress: 'networking.k8s.io/v1',
  ReplicaSet: 'apps/v1',
};

async function open(t: TestContext) {
  const cluster = connect(t);
  const api = await startAuthBackend(t);
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR, viewer: VIEWER });
  const core = `/api/v1/namespaces/${namespace}/events`;
  let events = 0;
  const add = async (path: string, object: object) => {
    const metadata = { name: `event-${events++}`, namespace };
    const { status, body } = await create(cluster, path, { metadata, ...object });
    assert.equal(status, 201, JSON.stringify(body));
  };
  const involved = (kind: string, name: string) => ({
    apiVersion: API_VERSIONS[kind] ?? 'v1',
    kind,
    name,
    namespace,
  });
  const call = api.as(accounts.editor.token);
  return {
    cluster,
    namespace,
    call,
    viewer: api.as(accounts.viewer.token),
    path: (name: string) => `/api/v1/devmachines/timeline?namespace=${namespace}&name=${name}`,
    machine: async (name: string) => {
      const url = `/api/v1/devmachines?namespace=${namespace}`;
      assert.equal((await call('POST', url, manifest(EXAMPLE_SPEC, { name }))).status, 201);
    },
    /** An event of a recorder of the core group. */
    core: (kind: string, name: string, event: object) =>
      add(core, { involvedObject: involved(kind, name), ...event }),
    /** An event of a recorder of the group events.k8s.io. */
    modern: (kind: string, name: string, event: object) =>
      add(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`, {
        regarding: involved(kind, name),
        reportingController: 'test',
        reportingInstance: 'test-1',
        action: 'Test',
        ...event,
      }),
  };
}

test('the timeline has the events of the machine alone, merged, and who changed the spec', async (t) => {
  const { cluster, namespace, call, path, machine, core, modern } = await open(t);
  await machine('a');
  await machine('a-b');
  const at = (second: number) => `2026-05-04T08:15:${second}Z`;
  const once = (reason: string, second: number) => ({
    reason,
    message: reason,
    type: 'Normal',
    firstTimestamp: at(second),
    lastTimestamp: at(second),
    count: 1,
  });
  await core('Pod', 'a-6c9f7d5b8-x2k4q', once('Started', 14));
  await core('Pod', 'a-5d59d67564-zzzzz', once('Scheduled', 10));
  await core('ReplicaSet', 'a-6c9f7d5b8', once('SuccessfulCreate', 11));
  await core('PersistentVolumeClaim', 'a-disk', once('ProvisioningSucceeded', 12));
  await core('Ingress', 'a', once('Sync', 13));
  await core('DevMachine', 'a', { ...once('ChangeRefused', 20), type: 'Warning' });
  await core('DevMachine', 'a', { ...once('OverrideValuesInUse', 21), type: 'Warning' });
  // The same twice, because a recorder was restarted.
  const probe = { reason: 'Unhealthy', message: 'Startup probe failed', type: 'Warning' };
  const pod = 'a-6c9f7d5b8-x2k4q';
  await core('Pod', pod, { ...probe, firstTimestamp: at(30), lastTimestamp: at(35), count: 4 });
  await core('Pod', pod, { ...probe, firstTimestamp: at(40), lastTimestamp: at(45), count: 2 });
  await modern('Pod', pod, {
    ...{ reason: 'Mounted', note: 'mounted', type: 'Normal', eventTime: '2026-05-04T08:15:16.000001Z' },
    series: { count: 7, lastObservedTime: '2026-05-04T08:15:17.000001Z' },
  });
  await core('Pod', 'a-b-6c9f7d5b8-x2k4q', once('OfAnother', 15));
  await core('DevMachine', 'a-b', once('OfAnother', 15));
  await mergePatch(cluster, `/apis/ide.example.com/v1alpha1/namespaces/${namespace}/devmachines/a`, {
    spec: { cpu: 3 },
  });

  const { status, body } = await call('GET', path('a'));
  assert.equal(status, 200);
  assert.equal(body.incomplete, false);
  const rows = body.items.map(({ reason, object, count }: Row) => `${reason} ${object.kind} ${count}`);
  assert.deepEqual(rows, [
    'Scheduled Pod 1',
    'SuccessfulCreate ReplicaSet 1',
    'ProvisioningSucceeded PersistentVolumeClaim 1',
    'Sync Ingress 1',
    'Started Pod 1',
    'Mounted Pod 7',
    'ChangeRefused DevMachine 1',
    'Unhealthy Pod 6',
    'SpecChanged DevMachine 1',
    'SpecChanged DevMachine 1',
  ]);
  const unhealthy = body.items.find(({ reason }: Row) => reason === 'Unhealthy');
  assert.deepEqual(unhealthy, {
    ...probe,
    time: at(30),
    lastTime: at(45),
    count: 6,
    object: { kind: 'Pod', name: pod },
  });
  const managers = body.items.slice(-2).map(({ message }: Row) => /manager (\S+) last/.exec(message)?.[1]);
  assert.deepEqual(managers.sort(), ['devmachine-api', 'kubectl-edit']);
});

interface Row {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly object: { readonly kind: string };
}

test('events are found on every page', async (t) => {
  const { call, path, machine, core } = await open(t);
  await machine('a');
  const event = { reason: 'Pulled', type: 'Normal' };
  const others = Array.from({ length: 26 }, async (_, group) => {
    for (let one = 0; one < 20; one++) await core('Pod', `other-${group}-${one}`, event);
  });
  await Promise.all(others);
  // Sorted by name, it is the last one: event-520.
  await core('DevMachine', 'a', { ...event, message: 'the last one', metadata: { name: 'z' } });
  const { body } = await call('GET', path('a'));
  assert.deepEqual(
    body.items.map(({ message }: Row) => message).filter((message: string) => message === 'the last one'),
    ['the last one'],
  );
});

test('a viewer may not read it, and a machine that is gone has none', async (t) => {
  const { call, viewer, namespace, path, machine, core } = await open(t);
  await machine('a');
  await core('DevMachine', 'a', { reason: 'Pulled', type: 'Normal' });
  const refused = await viewer('GET', path('a'));
  assert.equal(outcome(refused), '403 forbidden');
  assert.match(refused.body.detail, / cannot list resource "events" in API group "" in the namespace /);
  assert.equal((await call('GET', path('a'))).body.items.length, 2);
  assert.equal(outcome(await call('GET', path('b'))), '404 machine-not-found');
  assert.equal((await call('DELETE', `/api/v1/devmachines?namespace=${namespace}&name=a`)).status, 202);
  assert.equal(outcome(await call('GET', path('a'))), '404 machine-not-found');
});
