import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../src/kube/client/transport.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { type Answer, type Api, startReadyApi } from '../support/api.ts';
import { gist, ours, power, put } from '../support/changes.ts';
import { connect, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { seededRandom } from '../support/random.ts';
import { type Call, faultsOfMachine, type Seen } from '../support/storm.ts';

const SECONDS = Number(process.env['DEVMACHINE_STORM_SECONDS'] ?? 8);
const SEED = Number(process.env['DEVMACHINE_STORM_SEED'] ?? 1);
const MACHINES = 20;
const CLIENTS = 8;
const HELD = { finalizers: ['test.example.com/held'] };

/** The expected outcomes of each call. Everything else is an error, any 5xx in particular. */
const EXPECTED: Record<Call['op'], RegExp> = {
  create: /^(200|201|409 (already-exists|being-deleted|conflict))$/,
  replace: /^(200|404 machine-not-found|409 being-deleted|412 precondition-failed)$/,
  stop: /^(202|404 machine-not-found|409 being-deleted)$/,
  start: /^(202|404 machine-not-found|409 being-deleted)$/,
  restart: /^(202|404 machine-not-found|409 being-deleted)$/,
  delete: /^(202|404 machine-not-found)$/,
  edit: /^(200|404 NotFound)$/,
};

test(`${CLIENTS} clients on ${MACHINES} machines: no 5xx, no lost update, and the last accepted change stays`, async (t) => {
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

  const counts = Object.entries(Object.groupBy(calls, (call) => `${call.op} ${call.gist}`));
  t.diagnostic(`${calls.length} calls in ${SECONDS} s, seed ${SEED}`);
  for (const [what, some] of counts.sort()) t.diagnostic(`${what}: ${some?.length}`);
  assert.deepEqual(
    calls.filter(({ op, gist: answer }) => !EXPECTED[op].test(answer)),
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

/** One client: random calls, one after the other. */
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
    // Unique, so that every replacement is a change.
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

/** A kubectl user who changes a field that nobody else owns. */
async function editor(cluster: Connection, namespace: string, until: number, calls: Call[]): Promise<void> {
  const random = seededRandom(SEED - 1);
  for (let count = 0; performance.now() < until; count++) {
    const name = `m-${Math.floor(random() * MACHINES)}`;
    const spec = { nodeSelector: { edit: String(count) } };
    const edit = async () => {
      const { status, body } = await mergePatch(cluster, machinePath({ namespace, name }), { spec });
      return { status, body: { ...body, type: body.reason }, headers: {} };
    };
    // A machine that is being deleted can still be edited, but no longer counts.
    await recorder(calls, name)('edit', edit, spec);
    await sleep(5);
  }
}

function recorder(calls: Call[], name: string) {
  return async (op: Call['op'], call: () => Promise<Answer>, asked?: object, onlyIf?: number) => {
    const began = performance.now();
    const answer = await call();
    const { metadata, spec } = answer.body;
    const machine: Seen | undefined =
      answer.status < 300 && metadata?.uid && !metadata.deletionTimestamp ? { ...metadata, spec } : undefined;
    calls.push({ name, op, began, ended: performance.now(), gist: gist(answer), machine, asked, onlyIf });
  };
}

/** Delays the deletion of every fourth machine with a finalizer. */
async function holder(cluster: Connection, namespace: string, until: number): Promise<void> {
  while (performance.now() < until) {
    for (let index = 0; index < MACHINES; index += 4) {
      await mergePatch(cluster, machinePath({ namespace, name: `m-${index}` }), { metadata: HELD });
    }
    await sleep(150);
    await letGo(cluster, namespace);
  }
}

async function letGo(cluster: Connection, namespace: string): Promise<void> {
  const { body } = await get(cluster, machinesPath(namespace));
  for (const { metadata } of body.items) {
    if (!metadata.deletionTimestamp) continue;
    const { name, uid } = metadata;
    await mergePatch(cluster, machinePath({ namespace, name }), { metadata: { uid, finalizers: null } });
  }
}

async function check(
  cluster: Connection,
  namespace: string,
  calls: readonly Call[],
  name: string,
  defaults: object,
): Promise<void> {
  const lives = Map.groupBy(
    calls.filter(({ machine }) => machine),
    ({ machine }) => machine?.uid,
  );
  for (const [uid, life] of lives) assert.deepEqual(faultsOfMachine(life, defaults), [], `${name} ${uid}`);

  const births = calls
    .filter((call) => call.gist === '201')
    .sort((a, b) => Number(a.machine?.resourceVersion) - Number(b.machine?.resourceVersion));
  assert.deepEqual(new Set(births.map(({ machine }) => machine?.uid)), new Set(lives.keys()));
  const deletions = calls.filter((call) => call.gist === '202' && call.op === 'delete');
  const live = await get(cluster, machinePath({ namespace, name }));
  births.forEach((birth, index) => {
    const next = births[index + 1];
    const isLast = next === undefined;
    const end = deletions.some(
      ({ began, ended }) => ended > birth.began && began < (next?.ended ?? Number.POSITIVE_INFINITY),
    );
    if (!isLast || live.status === 404) assert.ok(end, `${name}: a machine went and nobody had deleted it`);
  });
  const last = births.at(-1);
  if (live.status === 404 || !last) return assert.equal(live.status, 404);

  assert.equal(live.body.metadata.uid, last.machine?.uid);
  assert.ok(!deletions.some(({ began }) => began > last.ended), `${name}: a deletion was forgotten`);
  const life = lives.get(last.machine?.uid) ?? [];
  const final = life.reduce((a, b) =>
    (b.machine?.generation ?? 0) > (a.machine?.generation ?? 0) ? b : a,
  ).machine;
  assert.equal(live.body.metadata.generation, final?.generation);
  assert.deepEqual(live.body.spec, final?.spec);
  ours(live.body);
}
