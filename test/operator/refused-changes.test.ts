import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Component } from '../../dev/component.ts';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { startReadyApi } from '../support/api.ts';
import { mergePatch } from '../support/cluster.ts';
import { power } from '../support/machine-calls.ts';
import { acceptsIngress, forbidIngresses, limit, type Refusal } from '../support/refusals.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';

/** Why the cluster refused a change reaches the status, through the reporter and without it. */

const { ingressDomain: _, ...INSIDE } = EXAMPLE_SPEC;
const SMALL = { ...INSIDE, storage: { size: '1Gi' } };

let cluster: WorkloadCluster;
let reporter: Component;

before(async () => {
  cluster = await startWorkloadCluster();
  ({ reporter } = await addOperator(cluster));
});

after(() => cluster?.stop());

interface Cause {
  readonly name: string;
  /** What the machine has besides `SMALL` before the change. */
  readonly former?: object;
  readonly refuse: (namespace: string) => Promise<Refusal>;
  readonly reason: string;
  /** What the status quotes. */
  readonly quoted: RegExp;
  /** What the status says if the reporter does not run. */
  readonly unquoted: RegExp;
}

const CAUSES: readonly Cause[] = [
  {
    name: 'a quota of Ingresses',
    refuse: (namespace) => limit(cluster, namespace, { 'count/ingresses.networking.k8s.io': '0' }),
    reason: 'QuotaExceeded',
    quoted: /ingresses\.networking\.k8s\.io "my-devmachine" is forbidden: exceeded quota: limited, /,
    unquoted:
      /The Ingress my-devmachine does not exist, and the ResourceQuota limited has no room for it \(count\/ingresses\.networking\.k8s\.io: 0 of 0 used\)/,
  },
  {
    name: 'a quota of storage',
    former: { ingressDomain: 'former.example.com' },
    refuse: (namespace) => limit(cluster, namespace, { 'requests.storage': '1536Mi' }),
    reason: 'QuotaExceeded',
    quoted: /persistentvolumeclaims "my-devmachine-disk" is forbidden: exceeded quota: limited, /,
    unquoted:
      /The PersistentVolumeClaim my-devmachine-disk requests 1Gi instead of 2Gi, and the ResourceQuota limited has no room for it \(requests\.storage: 1Gi of 1536Mi used\)/,
  },
  {
    name: 'a policy that names the password',
    refuse: (namespace) => forbidIngresses(cluster, namespace),
    reason: 'ReleaseFailed',
    quoted: /denied request: Hosts are assigned by hand\. \[redacted\]/,
    unquoted: /upgrade failed; rollback required\. The Ingress my-devmachine does not exist\./,
  },
];

for (const { name, former, refuse, reason, quoted, unquoted } of CAUSES) {
  test(`a change that ${name} refuses: the status quotes the cluster if the reporter runs`, async (t) => {
    const { machine, namespace, status, restart } = await startMachine(t, { spec: { ...SMALL, ...former } });
    const { url } = await status();
    assert.equal(url !== undefined, former !== undefined);
    const obstacle = await refuse(namespace);
    // The pod goes on, and so does its URL.
    const failure = (what: string, message: RegExp) =>
      waitFor(what, async () => {
        const now = await status();
        return now.phase === 'Failed' && message.test(now.message) && now.url === url && now;
      });

    const ingressDomain = `${namespace}.example.com`;
    const changed = { ...SMALL, cpu: 1, storage: { size: '2Gi' }, ingressDomain };
    await machine.apply(changed);
    assert.equal((await failure('the words', quoted)).reason, reason);
    const [event, ...others] = await refusals(namespace);
    assert.deepEqual(others, []);
    const { metadata, spec } = await machine.stored();
    assert.equal(event.metadata.annotations['ide.example.com/spec-sha256'], specDigest(spec));
    assert.equal(event.involvedObject.uid, metadata.uid);
    assert.ok(event.message.length <= 1_000);
    const { password } = (await machine.access()).data;
    for (const secret of [password, Buffer.from(password, 'base64').toString()])
      assert.ok(!JSON.stringify(event).includes(secret));

    // Words about an earlier spec are not quoted.
    await reporter.kill('SIGKILL');
    await machine.apply({ ...changed, cpu: 3 });
    assert.equal((await failure('what differs', unquoted)).reason, reason);

    // The operator deletes a failed release when it tries again, and after a failed rollback another one replaces it.
    await reporter.start();
    await machine.apply({ ...changed, cpu: 4 });
    assert.equal((await failure('the words about the present spec', quoted)).reason, reason);
    assert.equal((await refusals(namespace)).length, 1);

    await obstacle.lift();
    await waitFor('the end of the obstacle', () => acceptsIngress(cluster, namespace));
    await restart();
    await waitFor('the machine to run', async () => (await status()).phase === 'Running');
    assert.equal((await machine.ingress()).spec.rules[0].host, ingressDomain);
  });
}

test('a machine whose quota has room again says so, and a restart starts it at once', async (t) => {
  const { namespace, restart, status, former } = await startWithRoomAgain(t);
  await restart();
  await waitFor('the machine to run', async () => (await status()).phase === 'Running');
  const running = (await replicaSets(namespace)).filter(({ status: { replicas } }) => replicas > 0);
  assert.notEqual(running[0]?.metadata.uid, former.metadata.uid);
});

test('such a machine also starts when it is stopped and started', async (t) => {
  const { stop, start, status } = await startWithRoomAgain(t);
  await stop();
  await waitFor('the machine to stop', async () => (await status()).phase === 'Stopped');
  await start();
  await waitFor('the machine to run', async () => (await status()).phase === 'Running');
});

/** A machine that a quota refused for so long that the cluster waits before it tries again, and that has room by now. */
async function startWithRoomAgain(t: TestContext) {
  const started = await startMachine(t, { limits: { 'limits.cpu': '0' } });
  const { namespace, status, quota } = started;
  const refused = await waitFor('the refused pod', async () => {
    const now = await status();
    return now.reason === 'QuotaExceeded' && now;
  });
  assert.match(refused.message, /has no room for the machine: .*exceeded quota: limited/);
  // By now the ReplicaSet controller waits for 20 seconds or more before it tries again.
  await waitFor('12 attempts', async () => {
    const events = await cluster.list(`/api/v1/namespaces/${namespace}/events`);
    const failed = events.filter(({ reason }) => reason === 'FailedCreate');
    return failed.reduce((sum, { count = 1 }) => sum + count, 0) >= 12;
  });
  const [former] = await replicaSets(namespace);
  const spec = { hard: { 'limits.cpu': '8' } };
  await mergePatch(cluster.connection, quota?.path ?? '', { spec });
  const { hint } = await waitFor('the room', async () => {
    const now = await status();
    return /^The ResourceQuota limited has room again/.test(now.message) && now;
  });
  assert.match(hint, /^Restart the machine/);
  return { ...started, former };
}

type Limits = Readonly<Record<string, string>>;

/** A machine with an API. With limits, its namespace has a quota from the beginning; without, it is Running. */
async function startMachine(t: TestContext, { spec = SMALL, limits }: { spec?: object; limits?: Limits }) {
  const { machine, namespace } = await newMachine(cluster);
  const api = await startReadyApi(t, { KUBECONFIG: cluster.controlPlane.kubeconfig });
  const status = async () => (await api.status(namespace, MACHINE)).body;
  const quota = limits && (await limit(cluster, namespace, limits));
  await machine.apply(spec);
  if (!limits) await waitFor('the machine to run', async () => (await status()).phase === 'Running');
  const act = (action: 'restart' | 'start' | 'stop') => async () =>
    assert.equal((await power(api, action, namespace, MACHINE)).status, 202);
  return {
    machine,
    namespace,
    status,
    restart: act('restart'),
    start: act('start'),
    stop: act('stop'),
    quota,
  };
}

const replicaSets = (namespace: string): Promise<Stored[]> =>
  cluster.list(`/apis/apps/v1/namespaces/${namespace}/replicasets`);

const refusals = async (namespace: string): Promise<Stored[]> =>
  (await cluster.list(`/api/v1/namespaces/${namespace}/events`)).filter(
    ({ reason }) => reason === 'ChangeRefused',
  );
