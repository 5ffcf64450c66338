import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REASON_NAMES, REASONS, type ReasonText } from '../../../src/devmachine/status/reasons.ts';
import { specDigest } from '../../../src/devmachine/status/spec-digest.ts';
import type { MachineStatus } from '../../../src/devmachine/status/status.ts';
import { deployment, ingress, NO_PODS, pod, type Raw, slice } from '../../status/objects.ts';
import { SCENARIOS } from '../../status/scenarios/all.ts';
import { deployed, type Scenario } from '../../status/scenarios/scenario.ts';
import { ENDING, ownerOf, stored, storedMachine } from '../../status/stored.ts';
import { documentOf, watched } from '../../status/watched.ts';

const KEY = { namespace: 'team', name: 'machine-1' };

function statusOf(scenario: Scenario, unknown: Parameters<typeof watched>[0] = []): MachineStatus {
  const owner = ownerOf(KEY, scenario);
  const { view, machine, put } = watched(unknown);
  const ending = scenario.ending?.(owner) ?? [];
  machine(storedMachine(owner, scenario));
  scenario.objects(owner).forEach((raw: Raw, index) => {
    put(stored(raw, index + 1, ending.includes(raw.metadata.name) ? ENDING : {}));
  });
  const entry = view.get(KEY.namespace, KEY.name);
  assert.ok(entry);
  return documentOf(entry);
}

for (const scenario of SCENARIOS) {
  test(`${scenario.phase} ${scenario.reason}: ${scenario.how}`, () => {
    const status = statusOf(scenario);
    assert.deepEqual([status.phase, status.reason], [scenario.phase, scenario.reason], status.message);
    assert.match(status.message, scenario.says);
    assert.ok(!/undefined|null/.test(status.message), status.message);
    assert.ok(status.hint.length > 10);
    assert.ok(Date.parse(status.since) > 0);
    assert.ok((REASONS[scenario.reason] as ReasonText).phases.includes(status.phase));
    assert.equal(status.ready, status.phase === 'Running');
    const reached = status.ready && scenario.spec && 'ingressDomain' in scenario.spec;
    assert.equal(status.url, reached ? 'https://machine-1.team.example.com/' : undefined);
    assert.ok(!JSON.stringify(status).includes('hunter2'), 'the last words of a container are its own');
  });
}

const READY: Scenario = {
  reason: 'Ready',
  phase: 'Running',
  how: '',
  says: /./,
  spec: { ingressDomain: 'own' },
  objects: deployed(
    (owner) => pod(owner),
    (owner) => slice(owner),
  ),
};

test('what may not be seen is said to be unknown, and nothing is claimed of it', () => {
  const cases = [
    ['Deployment', 'Starting', 'PartUnknown'],
    ['EndpointSlice', 'Starting', 'PartUnknown'],
    ['Ingress', 'Starting', 'PartUnknown'],
  ] as const;
  for (const [kind, phase, reason] of cases) {
    const status = statusOf(READY, [kind]);
    assert.deepEqual([status.phase, status.reason, status.resources.unknown], [phase, reason, [kind]]);
    assert.match(status.message, new RegExp(kind));
  }
  const blind = { ...READY, objects: () => [] };
  assert.equal(statusOf(blind, ['Deployment']).phase, 'Pending');
  const stopped = { ...blind, spec: { stopped: true } };
  assert.deepEqual(statusOf(stopped, ['Deployment']).phase, 'Stopping');
});

test('without watchState of pods, the Deployment says whether one is ready', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => [deployment(owner), slice(owner)];
  assert.equal(statusOf({ ...inside, objects }, ['Pod']).phase, 'Running');
  const unready: Scenario['objects'] = (owner) => [
    deployment(owner, { status: { readyReplicas: 0 } }),
    slice(owner),
  ];
  const status = statusOf({ ...inside, objects: unready }, ['Pod']);
  assert.deepEqual([status.phase, status.reason], ['Starting', 'PartUnknown']);
});

test('what an earlier machine of the same name has left is not this one', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => inside.objects({ ...owner, uid: 'earlier' });
  const status = statusOf({ ...inside, objects });
  assert.deepEqual([status.phase, status.reason], ['Pending', 'AwaitingOperator']);
});

test('an endpoint that leads to another pod is none', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => {
    const [one, two, three] = inside.objects(owner);
    return [one, two, { ...three, endpoints: [{ ...three.endpoints[0], targetRef: { name: 'former' } }] }];
  };
  assert.equal(statusOf({ ...inside, objects }).reason, 'EndpointsNotReady');
});

test('a restart: the former pod, still ready, does not count once another spec is rolled out', () => {
  const { spec: _, ...inside } = READY;
  const objects: Scenario['objects'] = (owner) => [
    deployment(owner, { status: NO_PODS }),
    pod(owner),
    slice(owner),
  ];
  assert.equal(statusOf({ ...inside, objects }).reason, 'Recreating');
});

test('the host goes over when the first that had it is gone, and the other way round', () => {
  const { view, machine, put, remove } = watched();
  const [one, other] = ['alpha', 'beta'].map((name) => ({
    ...ownerOf({ namespace: name, name }, READY),
    host: 'h.example.com',
  }));
  assert.ok(one && other);
  for (const owner of [one, other]) {
    const own = { ...owner, specDigest: specDigest(storedMachine(owner, READY).spec) };
    machine(storedMachine(own, READY, owner === one ? 1 : 2));
    READY.objects(own).forEach((raw: Raw, index) => {
      put(stored(raw, (owner === one ? 10 : 20) + index));
    });
  }
  const reasons = () =>
    [one, other].map(({ namespace, name }) => documentOf(view.get(namespace, name)).reason);
  const first = stored(ingress(one), 30);
  put(stored(ingress(other), 29));
  assert.deepEqual(reasons(), ['HostConflict', 'Ready']);
  put(first);
  assert.deepEqual(reasons(), ['Ready', 'HostConflict']);
  assert.match(documentOf(view.get('beta', 'beta')).message, /a machine of another namespace/);
  assert.ok(!view.get('beta', 'beta')?.json.includes('alpha'));
  remove(stored(ingress(one), 31));
  assert.deepEqual(reasons(), ['HostConflict', 'Ready']);
});

test('there is a scenario for every reason, and for every phase of it', () => {
  const elsewhere = ['PartUnknown Pending', 'PartUnknown Starting', 'PartUnknown Stopping'];
  const seen = new Set([...SCENARIOS.map(({ reason, phase }) => `${reason} ${phase}`), ...elsewhere]);
  const all = REASON_NAMES.flatMap((reason) => REASONS[reason].phases.map((phase) => `${reason} ${phase}`));
  assert.deepEqual([...seen].sort(), all.sort());
});
