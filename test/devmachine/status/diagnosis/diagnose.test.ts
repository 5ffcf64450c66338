import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReasonText } from '../../../../src/devmachine/status/reasons/reason.ts';
import { REASON_NAMES, REASONS } from '../../../../src/devmachine/status/reasons.ts';
import { type IngressOptions, ingress } from '../../../status/ingress-objects.ts';
import {
  deployment,
  endpointSlice,
  NO_PODS,
  type Owner,
  pod,
  quota,
  type Raw,
  refusal,
  running,
} from '../../../status/objects.ts';
import { SCENARIOS } from '../../../status/scenarios/all.ts';
import { CERTIFICATE_SCENARIOS } from '../../../status/scenarios/certificate.ts';
import { deployed, hasUrl, type Scenario } from '../../../status/scenarios/scenario.ts';
import { ownerOf, stored, storedMachine } from '../../../status/stored.ts';
import { documentOf, KEY, statusOf, watched } from '../../../status/watched.ts';

for (const scenario of [...SCENARIOS, ...CERTIFICATE_SCENARIOS]) {
  test(`${scenario.phase} ${scenario.reason}: ${scenario.cause}`, () => {
    const status = statusOf(scenario);
    assert.deepEqual([status.phase, status.reason], [scenario.phase, scenario.reason], status.message);
    assert.match(status.message, scenario.message);
    assert.ok(!/undefined|null/.test(status.message), status.message);
    assert.ok(status.hint.length > 10);
    assert.ok(Date.parse(status.since) > 0);
    assert.ok((REASONS[scenario.reason] as ReasonText).phases.includes(status.phase));
    assert.equal(status.ready, status.phase === 'Running');
    assert.match(status.hint, scenario.hint ?? /./);
    assert.equal(status.url, hasUrl(scenario) ? 'https://machine-1.team.example.com/' : undefined);
    assert.ok(
      !JSON.stringify(status).includes('hunter2'),
      'the termination message of a container is private',
    );
  });
}

const READY: Scenario = {
  reason: 'Ready',
  phase: 'Running',
  cause: '',
  message: /./,
  spec: { ingressDomain: 'own' },
  objects: deployed(
    (owner) => pod(owner),
    (owner) => endpointSlice(owner),
  ),
};

test('a kind that may not be read is listed as unknown, and the status claims nothing about it', () => {
  const cases = [
    ['Deployment', 'Starting', 'PartUnknown'],
    ['EndpointSlice', 'Starting', 'PartUnknown'],
    ['Ingress', 'Starting', 'PartUnknown'],
  ] as const;
  for (const [kind, phase, reason] of cases) {
    const status = statusOf(READY, { unknown: [kind] });
    assert.deepEqual([status.phase, status.reason, status.resources.unknown], [phase, reason, [kind]]);
    assert.match(status.message, new RegExp(kind));
  }
  const withoutObjects = { ...READY, objects: () => [] };
  assert.equal(statusOf(withoutObjects, { unknown: ['Deployment'] }).phase, 'Pending');
  const stopped = { ...withoutObjects, spec: { stopped: true } };
  assert.deepEqual(statusOf(stopped, { unknown: ['Deployment'] }).phase, 'Stopping');
});

test('without permission to read pods, the Deployment tells whether one is ready', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => [deployment(owner), endpointSlice(owner)];
  assert.equal(statusOf({ ...inside, objects }, { unknown: ['Pod'] }).phase, 'Running');
  const unready: Scenario['objects'] = (owner) => [
    deployment(owner, { status: { readyReplicas: 0 } }),
    endpointSlice(owner),
  ];
  const status = statusOf({ ...inside, objects: unready }, { unknown: ['Pod'] });
  assert.deepEqual([status.phase, status.reason], ['Starting', 'PartUnknown']);
});

test('objects of an earlier machine of the same name do not count', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => inside.objects({ ...owner, uid: 'earlier' });
  const status = statusOf({ ...inside, objects });
  assert.deepEqual([status.phase, status.reason], ['Pending', 'AwaitingOperator']);
});

test('an endpoint of another pod does not count', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => {
    const [one, two, three] = inside.objects(owner);
    return [one, two, { ...three, endpoints: [{ ...three.endpoints[0], targetRef: { name: 'former' } }] }];
  };
  assert.equal(statusOf({ ...inside, objects }).reason, 'EndpointsNotReady');
});

test('during a restart, the previous pod does not count although it is still ready', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => [
    deployment(owner, { status: NO_PODS }),
    pod(owner),
    endpointSlice(owner),
  ];
  assert.equal(statusOf({ ...inside, objects }).reason, 'Recreating');
});

test('while a change has failed, the URL is that of the Ingress that exists, as long as the former pod answers', () => {
  const scenario = SCENARIOS.find(({ phase, url }) => phase === 'Failed' && url);
  assert.ok(scenario);
  const urlOf = (change: (objects: Raw[], owner: Owner) => readonly Raw[]) =>
    statusOf({ ...scenario, objects: (owner) => change([...scenario.objects(owner)], owner) }).url;
  const replace = (raw: Raw) => (objects: Raw[]) => objects.map((one) => (one.kind === raw.kind ? raw : one));
  assert.equal(
    urlOf((objects, owner) => replace(ingress(owner, { host: 'former.example.com', tls: false }))(objects)),
    'http://former.example.com/',
  );
  assert.equal(
    urlOf((objects, owner) => replace(pod(owner, { machine: running(true) }))(objects)),
    undefined,
  );
  assert.equal(
    urlOf((objects, owner) => replace(endpointSlice(owner, false))(objects)),
    undefined,
  );
  assert.equal(
    urlOf((objects, owner) => objects.concat(ingress(owner, { name: 'a-conflict' }))),
    undefined,
  );
  assert.equal(
    urlOf((objects, owner) => replace(ingress(owner, { served: false }))(objects)),
    undefined,
  );
});

test('the URL has the port that the ingress controller reports, if it is the only one and not the default', () => {
  const urlAt = (options: IngressOptions) =>
    statusOf({
      ...READY,
      objects: (owner) => [deployment(owner), pod(owner), endpointSlice(owner), ingress(owner, options)],
      spec: { ingressDomain: 'own' },
    }).url;
  const host = 'machine-1.team.example.com';
  const cases: [IngressOptions, string][] = [
    [{ tls: false, ports: [8081] }, `http://${host}:8081/`],
    [{ tls: false, ports: [8081, 8081] }, `http://${host}:8081/`],
    [{ tls: false, ports: [443] }, `http://${host}:443/`],
    [{ ports: [8443] }, `https://${host}:8443/`],
    [{ ports: [443] }, `https://${host}/`],
    [{ tls: false, ports: [80] }, `http://${host}/`],
    [{ tls: false, ports: [80, 8081] }, `http://${host}/`],
    [{ tls: false, ports: [] }, `http://${host}/`],
  ];
  for (const [options, url] of cases) assert.equal(urlAt(options), url, JSON.stringify(options));
});

test('a change of a quota renews the statuses of the failed machines in its namespace', () => {
  const scenario = SCENARIOS.find(({ cause }) => /quota that is still full/.test(cause));
  assert.ok(scenario);
  const owner = ownerOf(KEY, scenario);
  const { view, machine, put } = watched();
  machine(storedMachine(owner, scenario));
  const [failed, full] = scenario.objects(owner);
  put(stored(failed, 1));
  put(stored(full, 1));
  const updates: string[] = [];
  const message = () => documentOf(view.get(KEY.namespace, KEY.name)).message;
  assert.match(message(), /has no room/);
  view.subscribe(({ document }) => updates.push(documentOf(document).message));
  put(stored(quota({ ...owner, namespace: 'other' }, full.spec.hard, {}), 2));
  put(stored(quota(owner, full.spec.hard, {}), 3));
  assert.deepEqual(updates, [message()]);
  assert.match(message(), /has room again/);
});

test('without permission to read quotas, the status says nothing about them', () => {
  const scenario = SCENARIOS.find(({ cause }) => /has room again/.test(cause));
  assert.ok(scenario);
  const { message, hint, resources } = statusOf(scenario, { unknown: ['ResourceQuota'] });
  assert.match(message, /^The namespace's ResourceQuota has no room/);
  assert.match(hint, /raise the quota/);
  assert.deepEqual(resources.unknown, ['ResourceQuota']);
});

test('the status says that a restart is pending when the annotation of the chart does', () => {
  const pending = (value?: string) =>
    statusOf({
      ...READY,
      spec: {},
      objects: (owner) => {
        const { metadata, ...rest } = deployment(owner);
        const annotations = { ...metadata.annotations, 'ide.example.com/restart-pending': value };
        return [{ ...rest, metadata: { ...metadata, annotations } }, pod(owner), endpointSlice(owner)];
      },
    }).restartPending;
  assert.deepEqual([pending('true'), pending('false'), pending()], [true, false, false]);
});

test('a refusal counts only for its own machine, and only from its own namespace', () => {
  const scenario = SCENARIOS.find(({ cause }) => /event about the present spec/.test(cause));
  assert.ok(scenario);
  const messageWith = (more: object) =>
    statusOf({
      ...scenario,
      objects: (owner) => {
        const objects = scenario.objects(owner);
        return [...objects.slice(0, -1), refusal({ ...owner, ...more }, 'forged')];
      },
    }).message;
  assert.match(messageWith({}), /forged/);
  assert.doesNotMatch(messageWith({ namespace: 'other' }), /forged/);
  assert.doesNotMatch(messageWith({ uid: 'uid-of-an-earlier-machine' }), /forged/);
});

test('there is a scenario for every reason in each of its phases', () => {
  const testedAbove = ['PartUnknown Pending', 'PartUnknown Starting', 'PartUnknown Stopping'];
  const seen = new Set([...SCENARIOS.map(({ reason, phase }) => `${reason} ${phase}`), ...testedAbove]);
  const all = REASON_NAMES.flatMap((reason) => REASONS[reason].phases.map((phase) => `${reason} ${phase}`));
  assert.deepEqual([...seen].sort(), all.sort());
});
