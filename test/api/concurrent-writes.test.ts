import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { type Api, type ApiResponse, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { type Call, findViolations, type Observed } from '../support/concurrent-writes.ts';
import { outcome, ownedFields, power, put } from '../support/machine-calls.ts';
import { seededRandom } from '../support/random.ts';

const SECONDS = Number(process.env['DEVMACHINE_CONCURRENT_WRITES_SECONDS'] ?? 8);
const SEED = Number(process.env['DEVMACHINE_CONCURRENT_WRITES_SEED'] ?? 1);
const MACHINES = 20;
const CLIENTS = 8;
const HELD = { finalizers: ['test.example.com/held'] };

/** The allowed outcomes of each call. Any other outcome, such as a 5xx, fails the test. */
const EXPECTED: Record<Call['op'], RegExp> = {
  create: /^(200|201|409 (already-exists|being-deleted|conflict))$/,
  replace: /^(200|404 machine-not-found|409 being-deleted|412 precondition-failed)$/,
  stop: /^(202|404 machine-not-found|409 being-deleted)$/,
  start: /^(202|404 machine-not-found|409 being-deleted)$/,
  restart: /^(202|404 machine-not-found|409 being-deleted)$/,
  delete: /^(202|404 machine-not-found)$/,
  edit: /^(200|404 NotFound)$/,
};

test(`${CLIENTS} clients on ${MACHINES} machines: no 5xx, no lost update, and the last accepted update is stored`, async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const deadline = performance.now() + SECONDS * 1_000;
  const calls: Call[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    callAtRandom(replicas[index % 2] ?? assert.fail(), namespace, index, deadline, calls),
  );
  await Promise.all([
    ...clients,
    editMachines(cluster, namespace, deadline, calls),
    delayDeletions(cluster, namespace, deadline),
  ]);
  await completeDeletions(cluster, namespace);

  const counts = Object.entries(Object.groupBy(calls, (call) => `${call.op} ${call.outcome}`));
  t.diagnostic(`${calls.length} calls in ${SECONDS} s, seed ${SEED}`);
  for (const [what, group] of counts.sort()) t.diagnostic(`${what}: ${group?.length}`);
  assert.deepEqual(
    calls.filter(({ op, outcome }) => !EXPECTED[op].test(outcome)),
    [],
  );

  const dryRun = await replicas[0]?.create(namespace, 'defaults', EXAMPLE_SPEC, '&dryRun=true');
  for (let index = 0; index < MACHINES; index++) {
    const name = `m-${index}`;
    await checkMachine(
      cluster,
      namespace,
      calls.filter((call) => call.name === name),
      name,
      dryRun?.body.spec,
    );
  }
});

/** A client that makes random calls, one after another. */
async function callAtRandom(
  api: Api,
  namespace: string,
  index: number,
  deadline: number,
  calls: Call[],
): Promise<void> {
  const random = seededRandom(1_000 * SEED + index);
  for (let count = 0; performance.now() < deadline; count++) {
    const name = `m-${Math.floor(random() * MACHINES)}`;
    // A value that no other call requests, so that every replacement is a change.
    const requested = { env: [{ name: 'CALL', value: `${index}-${count}` }] };
    const spec = { ...EXAMPLE_SPEC, ...requested };
    const record = recorder(calls, name);
    const chosen = random();
    const [, op] = CHANCES.find(([chance]) => chosen < chance) ?? assert.fail();
    if (op === 'create') await record(op, () => api.create(namespace, name, spec), requested);
    else if (op === 'replace') await record(op, () => put(api, namespace, name, spec), requested);
    else if (op === 'replace with If-Match') {
      const { status, headers, body } = await api.status(namespace, name);
      const tag = { 'if-match': status === 200 ? String(headers['etag']) : '*' };
      await record('replace', () => put(api, namespace, name, spec, '', tag), requested, body.generation);
    } else if (op === 'delete') await record(op, () => api.delete(namespace, name));
    else await record(op, () => power(api, op, namespace, name));
  }
}

const CHANCES = [
  [0.2, 'create'],
  [0.4, 'replace'],
  [0.5, 'replace with If-Match'],
  [0.6, 'delete'],
  [0.75, 'stop'],
  [0.9, 'start'],
  [1, 'restart'],
] as const;

/** Another client that patches a field which the API does not own. */
async function editMachines(
  cluster: ClusterClient,
  namespace: string,
  deadline: number,
  calls: Call[],
): Promise<void> {
  const random = seededRandom(SEED - 1);
  for (let count = 0; performance.now() < deadline; count++) {
    const name = `m-${Math.floor(random() * MACHINES)}`;
    const spec = { nodeSelector: { edit: String(count) } };
    const patch = async () => {
      const { status, body } = await mergePatch(cluster, machinePath({ namespace, name }), { spec });
      return { status, body: { ...body, type: body.reason }, headers: {} };
    };
    // A machine that is being deleted can still be edited. The recorder omits it from such a call.
    await recorder(calls, name)('edit', patch, spec);
    await sleep(5);
  }
}

function recorder(calls: Call[], name: string) {
  return async (
    op: Call['op'],
    call: () => Promise<ApiResponse>,
    requested?: object,
    ifGeneration?: number,
  ) => {
    const startedAt = performance.now();
    const response = await call();
    const { metadata, spec } = response.body;
    const machine: Observed | undefined =
      response.status < 300 && metadata?.uid && !metadata.deletionTimestamp
        ? { ...metadata, spec }
        : undefined;
    calls.push({
      name,
      op,
      startedAt,
      endedAt: performance.now(),
      outcome: outcome(response),
      machine,
      requested,
      ifGeneration,
    });
  };
}

/** Delays the deletion of every fourth machine with a finalizer. */
async function delayDeletions(cluster: ClusterClient, namespace: string, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    for (let index = 0; index < MACHINES; index += 4) {
      await mergePatch(cluster, machinePath({ namespace, name: `m-${index}` }), { metadata: HELD });
    }
    await sleep(150);
    await completeDeletions(cluster, namespace);
  }
}

async function completeDeletions(cluster: ClusterClient, namespace: string): Promise<void> {
  const { body } = await get(cluster, machinesPath(namespace));
  for (const { metadata } of body.items) {
    if (!metadata.deletionTimestamp) continue;
    const { name, uid } = metadata;
    await mergePatch(cluster, machinePath({ namespace, name }), { metadata: { uid, finalizers: null } });
  }
}

async function checkMachine(
  cluster: ClusterClient,
  namespace: string,
  calls: readonly Call[],
  name: string,
  defaults: object,
): Promise<void> {
  const callsByUid = Map.groupBy(
    calls.filter(({ machine }) => machine),
    ({ machine }) => machine?.uid,
  );
  for (const [uid, callsOnObject] of callsByUid)
    assert.deepEqual(findViolations(callsOnObject, defaults), [], `${name} ${uid}`);

  const creates = calls
    .filter((call) => call.outcome === '201')
    .sort((a, b) => Number(a.machine?.resourceVersion) - Number(b.machine?.resourceVersion));
  assert.deepEqual(new Set(creates.map(({ machine }) => machine?.uid)), new Set(callsByUid.keys()));
  const deletions = calls.filter((call) => call.outcome === '202' && call.op === 'delete');
  const stored = await get(cluster, machinePath({ namespace, name }));
  creates.forEach((created, index) => {
    const next = creates[index + 1];
    const isLast = next === undefined;
    const wasDeleted = deletions.some(
      ({ startedAt, endedAt }) =>
        endedAt > created.startedAt && startedAt < (next?.endedAt ?? Number.POSITIVE_INFINITY),
    );
    if (!isLast || stored.status === 404)
      assert.ok(wasDeleted, `${name}: a machine disappeared without a delete`);
  });
  const last = creates.at(-1);
  if (stored.status === 404 || !last) return assert.equal(stored.status, 404);

  assert.equal(stored.body.metadata.uid, last.machine?.uid);
  assert.ok(
    !deletions.some(({ startedAt }) => startedAt > last.endedAt),
    `${name}: the machine exists after a successful delete`,
  );
  const callsOnLast = callsByUid.get(last.machine?.uid) ?? [];
  const final = callsOnLast.reduce((a, b) =>
    (b.machine?.generation ?? 0) > (a.machine?.generation ?? 0) ? b : a,
  ).machine;
  assert.equal(stored.body.metadata.generation, final?.generation);
  assert.deepEqual(stored.body.spec, final?.spec);
  ownedFields(stored.body);
}
