import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operator } from '../../dev/operator.ts';
import { SPEC_DIGEST_ANNOTATION, specDigest } from '../../src/devmachine/status/spec-digest.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { type Api, startReadyApi } from '../support/api.ts';
import { mergePatch } from '../support/cluster.ts';
import { type History, overlaps, record, type Version } from '../support/history.ts';
import { power, put } from '../support/machine-calls.ts';
import { seededRandom } from '../support/random.ts';
import { forbidWhereLabeled } from '../support/refusals.ts';
import { waitFor } from '../support/until.ts';
import {
  addOperator,
  MACHINE,
  newMachine,
  startWorkloadCluster,
  type WorkloadCluster,
} from '../support/workloads.ts';

/**
 * Random changes of many machines, while the cluster refuses Ingresses, Deployments and pods at random, and pods take 5 to
 * 30 s to end. At every moment at most one pod of a machine is on a node, pods are replaced by accepted changes only, and in
 * the end spec and objects agree.
 */

const SEQUENCES = 30;
const STEPS = 4;
const KILLS = 5;
const POD_END_MS = [5_000, 30_000] as const;
/**
 * For a machine whose release was refused for a while, and whose last pod takes half a minute to end. The operator applies two of
 * the machines at a time, which takes it seconds each on a busy machine.
 */
const SETTLED = { timeoutMs: 420_000, intervalMs: 200 };
const TIMEOUT = { timeout: 600_000 };
const REFUSED = ['ingresses', 'deployments', 'pods'] as const;

let cluster: WorkloadCluster;
let operator: Operator;
let pods: History;
const stop = new AbortController();

before(async () => {
  cluster = await startWorkloadCluster({ podEndMs: POD_END_MS });
  operator = await addOperator(cluster);
  for (const resource of REFUSED) await forbidWhereLabeled(cluster, resource);
  pods = await record(cluster.connection, '/api/v1/pods', stop.signal);
});

after(async () => {
  stop.abort();
  await pods?.stopped;
  await cluster?.stop();
});

test(`${SEQUENCES} random sequences of changes and refusals`, TIMEOUT, (t) => runSequences(t, 1));

test(`${SEQUENCES} more, while the operator is killed ${KILLS} times`, TIMEOUT, async (t) => {
  const random = seededRandom(2);
  const killing = (async () => {
    // Each restart reconciles all machines, which takes a while.
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(2_000 + 8_000 * random());
      await operator.component.kill('SIGKILL');
      await operator.component.start();
    }
  })();
  await Promise.all([killing, runSequences(t, 3)]);
});

async function runSequences(t: TestContext, seed: number): Promise<void> {
  const api = await startReadyApi(t, { KUBECONFIG: cluster.controlPlane.kubeconfig });
  const sequences = Array.from({ length: SEQUENCES }, (_, index) => runSequence(api, 1_000 * seed + index));
  const failed = (await Promise.allSettled(sequences)).filter(({ status }) => status === 'rejected');
  assert.deepEqual(failed, []);
  assert.deepEqual(overlaps(pods), []);
}

async function runSequence(api: Api, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const { machine, namespace } = await newMachine(cluster);
  const path = `/api/v1/namespaces/${namespace}`;
  const refuse = (resource: string | null) =>
    mergePatch(cluster.connection, path, { metadata: { labels: { refuse: resource } } });
  let step = 0;
  /** The pods that the accepted changes may create, counted generously: one for each change. */
  let changes = 0;

  const nextSpec = () => {
    const { storage, ingressDomain: _, ...diskless } = EXAMPLE_SPEC;
    const host = `${namespace}-${Math.floor(random() * 2)}.example.com`;
    return {
      ...diskless,
      ...(seed % 2 ? { storage } : {}),
      ingressDomain: host,
      cpu: 1 + Math.floor(random() * 3),
      env: [{ name: STEP, value: String(++step) }],
    };
  };
  const create = async () => {
    let last: unknown;
    const isCreated = async () => {
      const { status, body } = await api.create(namespace, MACHINE, nextSpec());
      last = body;
      return status === 201;
    };
    await waitFor('the machine to be created', isCreated, SETTLED).catch((error) => {
      throw new Error(`${error.message}: ${JSON.stringify({ seed, last })}`);
    });
  };
  const isEnding = async () =>
    (await machine.pods()).some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const actions = {
    put: async () => void (await put(api, namespace, MACHINE, nextSpec())),
    stop: async () => void (await power(api, 'stop', namespace, MACHINE)),
    start: async () => void (await power(api, 'start', namespace, MACHINE)),
    cycle: async () => {
      await actions.stop();
      // While the previous pod is still ending, if there is one.
      await waitFor('a pod that ends', isEnding, { timeoutMs: 10_000, intervalMs: 50 }).catch(
        () => undefined,
      );
      await actions.start();
    },
    recreate: async () => {
      assert.equal((await api.delete(namespace, MACHINE)).status, 202);
      await create();
    },
  };

  await create();
  for (let index = 0; index < STEPS; index++) {
    await sleep(6_000 * random());
    await refuse(random() < 0.4 ? pick(REFUSED) : null);
    changes++;
    await actions[pick(['put', 'put', 'stop', 'start', 'cycle', 'recreate'] as const)]();
  }
  await refuse(null);
  await sleep(2_000 * random());
  // A change of its own, because the operator and the controllers retry a refused one after up to 16 minutes.
  assert.equal((await put(api, namespace, MACHINE, { ...nextSpec(), stopped: false })).status, 200);
  const stored = await machine.stored();
  const agree = async () => {
    const [pod, ...others] = await machine.pods();
    const deployment = await machine.deployment();
    const isCurrent = deployment?.metadata.annotations[SPEC_DIGEST_ANNOTATION] === specDigest(stored.spec);
    return isCurrent && others.length === 0 && pod?.status.phase === 'Running' && stepOf(pod) === step && pod;
  };
  const settled = await waitFor('spec and objects to agree', agree, SETTLED).catch(async (error) => {
    const { phase, reason, message, conditions } = (await api.status(namespace, MACHINE)).body;
    throw new Error(`${error.message}: ${JSON.stringify({ seed, phase, reason, message, conditions })}`);
  });
  assert.equal((await machine.ingress()).spec.rules[0].host, stored.spec.ingressDomain);
  assert.equal(settled.spec.containers[0].resources.limits.cpu, String(stored.spec.cpu));
  assertOrderly(pods.versions, namespace, changes + 2);
}

const STEP = 'STEP';

// biome-ignore lint/suspicious/noExplicitAny: a pod as the API server returns it
const stepOf = (pod: any): number =>
  Number(pod.spec.containers[0].env.find(({ name }: { name: string }) => name === STEP).value);

/** Each pod is of the same step as the one before, which a stop ended, or of a later one. */
function assertOrderly(versions: readonly Version[], namespace: string, limit: number): void {
  const steps = new Map(
    versions
      .filter((version) => version.namespace === namespace)
      .map(({ uid, object }) => [uid, stepOf(object)]),
  );
  const inOrder = [...steps.values()];
  assert.deepEqual(
    inOrder,
    inOrder.toSorted((one, other) => one - other),
    namespace,
  );
  assert.ok(steps.size <= limit, `${steps.size} pods after ${limit} changes in ${namespace}`);
}
