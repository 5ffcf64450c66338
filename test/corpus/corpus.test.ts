import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { anyCaller, type Power } from '../../src/devmachine/caller.ts';
import type { Machines } from '../../src/devmachine/machines.ts';
import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { connect, createNamespace, openRaw } from '../support/cluster.ts';
import { BY_HAND } from './by-hand.ts';
import { DIFFERENCES } from './differences.ts';
import { mutations } from './mutations.ts';

const bodies = [...BY_HAND, ...mutations()];

/** Sends one corpus through both validations. Apart from the listed differences, they must accept the same bodies. */
test('the API and the cluster agree on every body', async (t) => {
  assert.ok(BY_HAND.length >= 80);
  const ours = await validateWithApi(bodies.map(({ text }) => text));
  const theirs = await validateWithCluster(
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
  const accepted = ours.filter((result) => result.accepted).length;
  t.diagnostic(
    `${bodies.length} bodies: ${accepted} accepted, ${bodies.length - accepted} refused by the API`,
  );
  for (const [reason, count] of explained) t.diagnostic(`${count} differ: ${reason}`);
  assert.ok(
    [...explained.values()].every((count) => count > 0),
    'a listed difference does not occur',
  );
  assert.ok(
    accepted > 100 && bodies.length - accepted > 1000,
    'the corpus has too few accepted or refused bodies',
  );
});

test('a refusal names the field at fault', async () => {
  const results = await validateWithApi(bodies.map(({ text }) => text));
  for (const [index, { name }] of bodies.entries()) {
    const [, field] = /^(\/spec[^:]*): /.exec(name) ?? [];
    const { accepted, answer } = results[index] ?? assert.fail();
    if (accepted || field === undefined) continue;
    const pointers = (JSON.parse(answer) as { errors?: { pointer: string }[] }).errors?.map(
      ({ pointer }) => pointer,
    );
    // The pointer can be of the parent (a list with two equal items) or of a child (a block without a required field).
    const near = pointers?.some((pointer) => field.startsWith(pointer) || pointer.startsWith(field));
    assert.ok(near, `${name}: ${answer}`);
  }
});

interface Result {
  readonly accepted: boolean;
  readonly answer: string;
}

/** Validates with the API alone: creating a machine always succeeds. */
async function validateWithApi(texts: string[]): Promise<Result[]> {
  const machines = { create: async () => ({ created: false, machine: {} }) };
  const app = await buildApp(loadConfig({}), {
    machines: {} as Machines,
    callers: anyCaller({ machines } as unknown as Power),
    logger: pino({ level: 'silent' }),
  });
  const results: Result[] = [];
  for (const payload of texts) {
    const reply = await app.inject({
      method: 'POST',
      url: '/api/v1/devmachines?namespace=default',
      headers: { 'content-type': 'application/json' },
      payload,
    });
    assert.ok([200, 400, 413].includes(reply.statusCode), `${payload.slice(0, 300)}: ${reply.body}`);
    results.push({ accepted: reply.statusCode === 200, answer: reply.body });
  }
  await app.close();
  return results;
}

/** Sends the same bytes to the API server as a dry run. */
async function validateWithCluster(t: TestContext, texts: string[]): Promise<Result[]> {
  const path = machinesPath(await createNamespace(connect(t), 'corpus'));
  const post = await openRaw(t);
  const validate = async (text: string): Promise<Result> => {
    const { status, text: answer } = await post(`${path}?dryRun=All&fieldValidation=Strict`, text);
    assert.ok([201, 400, 413, 422].includes(status), `${text.slice(0, 300)}: ${status} ${answer}`);
    return { accepted: status === 201, answer };
  };
  const results: Result[] = [];
  for (let start = 0; start < texts.length; start += 16) {
    results.push(...(await Promise.all(texts.slice(start, start + 16).map(validate))));
  }
  return results;
}
