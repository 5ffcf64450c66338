import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { type Answer, type Api, startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { type Call, findViolations, type Observed } from '../support/concurrent-writes.ts';
import { outcome, ownedFields, power, put } from '../support/machine-calls.ts';
import { seededRandom } from '../support/random.ts';

const SECONDS = Number(process.env['DEVMACHINE_STORM_SECONDS'] ?? 8);
const SEED = Number(process.env['DEVMACHINE_STORM_SEED'] ?? 1);
const MACHINES = 20;
const CLIENTS = 8;
const HELD = { finalizers: ['test.example.com/held'] };

/** What each call may answer. Anything else, a 5xx above all, is a fault. */
const EXPECTED: Record<Call['op'], RegExp> = {
  create: /^(200|201|409 (already-exists|being-deleted|conflict))$/,
  replace: /^(200|404 machine-not-found|409 being-deleted|412 precondition-failed)$/,
  stop: /^(202|404 machine-not-found|409 being-deleted)$/,
  start: /^(202|404 machine-not-found|409 being-deleted)$/,
  restart: /^(202|404 machine-not-found|409 being-deleted)$/,
  delete: /^(202|404 machine-not-found)$/,
  edit: /^(200|404 NotFound)$/,
};

test(`${CLIENTS} clients on ${MACHINES} machines: no 5xx, no lost update, and the last accepted wish stands`, async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  const replicas = [await startReadyApi(t), await startReadyApi(t)];
  const until = performance.now() + SECONDS * 1_000;
  const calls: Call[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    client(replicas[index % 2] ?? assert.fail(), namespace, index, until, calls),
  );
  await Promise.all([
    ...clients,
    editor(cluster, namespace, until, calls),
    holder(cluster, namespace, until),
  ]);
  await letGo(cluster, namespace);

  const counts = Object.entries(Object.groupBy(calls, (call) => `${call.op} ${call.outcome}`));
  t.diagnostic(`${calls.length} calls in ${SECONDS} s, seed ${SEED}`);
  for (const [what, some] of counts.sort()) t.diagnostic(`${what}: ${some?.length}`);
  assert.deepEqual(
    calls.filter(({ op, outcome }) => !EXPECTED[op].test(outcome)),
    [],
  );

  const tried = await replicas[0]?.create(namespace, 'defaults', EXAMPLE_SPEC, '&dryRun=true');
  for (let index = 0; index < MACHINES; index++) {
    const name = `m-${index}`;
    await check(
      cluster,
      namespace,
      calls.filter((call) => call.name === name),
      name,
      tried?.body.spec,
    );
  }
});

/** One client: a call after the other, at random. */
async function client(
  api: Api,
  namespace: string,
  index: number,
  until: number,
  calls: Call[],
): Promise<void> {
  const random = seededRandom(1_000 * SEED + index);
  for (let count = 0; performance.now() < until; count++) {
    const name = `m-${Math.floor(random() * MACHINES)}`;
    // Unlike any other, so that a replacement is always a change.
    const asked = { env: [{ name: 'WISH', value: `${index}-${count}` }] };
    const spec = { ...EXAMPLE_SPEC, ...asked };
    const record = recorder(calls, name);
    const dice = random();
    const [, op] = CHANCES.find(([chance]) => dice < chance) ?? assert.fail();
    if (op === 'create') await record(op, () => api.create(namespace, name, spec), asked);
    else if (op === 'replace') await record(op, () => put(api, namespace, name, spec), asked);
    else if (op === 'replace what was seen') {
      const { status, headers, body } = await api.status(namespace, name);
      const tag = { 'if-match': status === 200 ? String(headers['etag']) : '*' };
      await record('replace', () => put(api, namespace, name, spec, '', tag), asked, body.generation);
    } else if (op === 'delete') await record(op, () => api.delete(namespace, name));
    else await record(op, () => power(api, op, namespace, name));
  }
}

const CHANCES = [
  [0.2, 'create'],
  [0.4, 'replace'],
  [0.5, 'replace what was seen'],
  [0.6, 'delete'],
  [0.75, 'stop'],
  [0.9, 'start'],
  [1, 'restart'],
] as const;

/** Somebody with kubectl, who changes a field of his own. */
async function editor(
  cluster: ClusterClient,
  namespace: string,
  until: number,
  calls: Call[],
): Promise<void> {
  const random = seededRandom(SEED - 1);
  for (let count = 0; performance.now() < until; count++) {
    const name = `m-${Math.floor(random() * MACHINES)}`;
    const spec = { nodeSelector: { edit: String(count) } };
    const edit = async () => {
      const { status, body } = await mergePatch(cluster, machinePath({ namespace, name }), { spec });
      return { status, body: { ...body, type: body.reason }, headers: {} };
    };
    // What is being deleted can be edited, but by nobody else: it is no longer part of the story.
    await recorder(calls, name)('edit', edit, spec);
    await sleep(5);
  }
}

function recorder(calls: Call[], name: string) {
  return async (op: Call['op'], call: () => Promise<Answer>, requested?: object, ifGeneration?: number) => {
    const startedAt = performance.now();
    const answer = await call();
    const { metadata, spec } = answer.body;
    const machine: Observed | undefined =
      answer.status < 300 && metadata?.uid && !metadata.deletionTimestamp ? { ...metadata, spec } : undefined;
    calls.push({
      name,
      op,
      startedAt,
      endedAt: performance.now(),
      outcome: outcome(answer),
      machine,
      requested,
      ifGeneration,
    });
  };
}

/** Every fourth machine goes slowly: a finalizer holds it for some time. */
async function holder(cluster: ClusterClient, namespace: string, until: number): Promise<void> {
  while (performance.now() < until) {
    for (let index = 0; index < MACHINES; index += 4) {
      await mergePatch(cluster, machinePath({ namespace, name: `m-${index}` }), { metadata: HELD });
    }
    await sleep(150);
    await letGo(cluster, namespace);
  }
}

async function letGo(cluster: ClusterClient, namespace: string): Promise<void> {
  const { body } = await get(cluster, machinesPath(namespace));
  for (const { metadata } of body.items) {
    if (!metadata.deletionTimestamp) continue;
    const { name, uid } = metadata;
    await mergePatch(cluster, machinePath({ namespace, name }), { metadata: { uid, finalizers: null } });
  }
}

async function check(
  cluster: ClusterClient,
  namespace: string,
  calls: readonly Call[],
  name: string,
  defaults: object,
): Promise<void> {
  const lives = Map.groupBy(
    calls.filter(({ machine }) => machine),
    ({ machine }) => machine?.uid,
  );
  for (const [uid, life] of lives) assert.deepEqual(findViolations(life, defaults), [], `${name} ${uid}`);

  const births = calls
    .filter((call) => call.outcome === '201')
    .sort((a, b) => Number(a.machine?.resourceVersion) - Number(b.machine?.resourceVersion));
  assert.deepEqual(new Set(births.map(({ machine }) => machine?.uid)), new Set(lives.keys()));
  const deletions = calls.filter((call) => call.outcome === '202' && call.op === 'delete');
  const live = await get(cluster, machinePath({ namespace, name }));
  births.forEach((birth, index) => {
    const next = births[index + 1];
    const isLast = next === undefined;
    const end = deletions.some(
      ({ startedAt, endedAt }) =>
        endedAt > birth.startedAt && startedAt < (next?.endedAt ?? Number.POSITIVE_INFINITY),
    );
    if (!isLast || live.status === 404) assert.ok(end, `${name}: a machine went and nobody had deleted it`);
  });
  const last = births.at(-1);
  if (live.status === 404 || !last) return assert.equal(live.status, 404);

  assert.equal(live.body.metadata.uid, last.machine?.uid);
  assert.ok(
    !deletions.some(({ startedAt }) => startedAt > last.endedAt),
    `${name}: a deletion was forgotten`,
  );
  const life = lives.get(last.machine?.uid) ?? [];
  const final = life.reduce((a, b) =>
    (b.machine?.generation ?? 0) > (a.machine?.generation ?? 0) ? b : a,
  ).machine;
  assert.equal(live.body.metadata.generation, final?.generation);
  assert.deepEqual(live.body.spec, final?.spec);
  ownedFields(live.body);
}
