import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Machines } from '../../src/devmachine/machines.ts';
import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { connect, createNamespace, openRaw } from '../support/cluster.ts';
import { BY_HAND } from './by-hand.ts';
import { DIFFERENCES } from './differences.ts';
import { mutations } from './mutations.ts';

const bodies = [...BY_HAND, ...mutations()];

/** One corpus through both validations: what the API accepts and what the cluster accepts is the same, but for a list. */
test('the API and the cluster agree on every body', async (t) => {
  assert.ok(BY_HAND.length >= 80);
  const ours = await apiVerdicts(bodies.map(({ text }) => text));
  const theirs = await clusterVerdicts(
    t,
    bodies.map(({ text }) => text),
  );

  const explained = new Map<string, number>(DIFFERENCES.map(({ reason }) => [reason, 0]));
  for (const [index, { name }] of bodies.entries()) {
    const [our, their] = [ours[index], theirs[index]];
    if (our?.accepted === their?.accepted) continue;
    const reason = our?.accepted ? undefined : DIFFERENCES.find(({ covers }) => covers(name))?.reason;
    assert.ok(
      reason,
      `${name}\n  API: ${our?.answer.slice(0, 400)}\n  cluster: ${their?.answer.slice(0, 400)}`,
    );
    explained.set(reason, (explained.get(reason) ?? 0) + 1);
  }
  const good = ours.filter(({ accepted }) => accepted).length;
  t.diagnostic(`${bodies.length} bodies: ${good} accepted, ${bodies.length - good} refused by the API`);
  for (const [reason, count] of explained) t.diagnostic(`${count} differ: ${reason}`);
  assert.ok(
    [...explained.values()].every((count) => count > 0),
    'a difference is listed that there is not',
  );
  assert.ok(good > 100 && bodies.length - good > 1000, 'the corpus has lost its balance');
});

test('what is refused names the field', async () => {
  const verdicts = await apiVerdicts(bodies.map(({ text }) => text));
  for (const [index, { name }] of bodies.entries()) {
    const [, field] = /^(\/spec[^:]*): /.exec(name) ?? [];
    const { accepted, answer } = verdicts[index] ?? assert.fail();
    if (accepted || field === undefined) continue;
    const pointers = (JSON.parse(answer) as { errors?: { pointer: string }[] }).errors?.map(
      ({ pointer }) => pointer,
    );
    // A fault can show in the parent (a list with two equal items) or in a child (a block without what it needs).
    const near = pointers?.some((pointer) => field.startsWith(pointer) || pointer.startsWith(field));
    assert.ok(near, `${name}: ${answer}`);
  }
});

interface Diagnosis {
  readonly accepted: boolean;
  readonly answer: string;
}

/** What the API says before it asks the cluster. */
async function apiVerdicts(texts: string[]): Promise<Diagnosis[]> {
  const machines = { create: async () => ({ created: false, machine: {} }) } as unknown as Machines;
  const app = await buildApp(loadConfig({}), { machines, logger: pino({ level: 'silent' }) });
  const verdicts: Diagnosis[] = [];
  for (const payload of texts) {
    const reply = await app.inject({
      method: 'POST',
      url: '/api/v1/devmachines?namespace=default',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    assert.ok([200, 400, 413].includes(reply.statusCode), `${payload.slice(0, 300)}: ${reply.body}`);
    verdicts.push({ accepted: reply.statusCode === 200, answer: reply.body });
  }
  await app.close();
  return verdicts;
}

/** What the API server says to the same bytes, with nothing stored. */
async function clusterVerdicts(t: TestContext, texts: string[]): Promise<Diagnosis[]> {
  const path = machinesPath(await createNamespace(connect(t), 'corpus'));
  const post = await openRaw(t);
  const diagnosis = async (text: string): Promise<Diagnosis> => {
    const { status, answer } = await post(`${path}?dryRun=All&fieldValidation=Strict`, text);
    assert.ok([201, 400, 413, 422].includes(status), `${text.slice(0, 300)}: ${status} ${answer}`);
    return { accepted: status === 201, answer };
  };
  const verdicts: Diagnosis[] = [];
  for (let start = 0; start < texts.length; start += 16) {
    verdicts.push(...(await Promise.all(texts.slice(start, start + 16).map(diagnosis))));
  }
  return verdicts;
}
