import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { FakeMachines, serve } from '../../../support/fake-machines.ts';
import { until } from '../../../support/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it
type Answer = { status: number; ms: number; body: any; headers: Headers };

async function ask(url: string, query: string, init: RequestInit = {}): Promise<Answer> {
  const began = performance.now();
  const reply = await fetch(`${url}/api/v1/devmachines/status?namespace=a&name=m&${query}`, init);
  const text = await reply.text();
  const body = text === '' ? undefined : JSON.parse(text);
  return { status: reply.status, ms: performance.now() - began, body, headers: reply.headers };
}

test('the response is sent when the phase is reached, and not before', { timeout: 60_000 }, async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Pending' });
  const { app, url } = await serve(t, machines);
  const answer = ask(url, 'waitFor=Running');
  await waitFor(app, 1);
  machines.set('m', { phase: 'Starting' });
  machines.set('other', { phase: 'Running' });
  machines.set('m', { namespace: 'b', phase: 'Running' });
  await sleep(20);
  machines.set('m', { phase: 'Running' });
  const { status, body } = await answer;
  assert.deepEqual(
    { status, phase: body.phase, generation: body.generation },
    {
      status: 200,
      phase: 'Running',
      generation: 3,
    },
  );
  // A machine that is already in the phase is not waited for.
  assert.equal((await ask(url, 'waitFor=Running&timeoutSeconds=300')).status, 200);
  assert.equal(machines.listeners.size, 0);
});

test('a machine that fails ends the wait for every phase', async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Starting' });
  const { app, url } = await serve(t, machines);
  const answers = ['Running', 'Stopped', 'Failed'].map((phase) => ask(url, `waitFor=${phase}`));
  await waitFor(app, 3);
  machines.set('m', { phase: 'Failed' });
  for (const { status, body } of await Promise.all(answers))
    assert.deepEqual([status, body.phase], [200, 'Failed']);
});

test('a machine that is deleted is a 404, which Deleted waits for', async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Stopped' });
  const { app, url } = await serve(t, machines);
  const answers = ['Running', 'Deleted'].map((phase) => ask(url, `waitFor=${phase}`));
  await waitFor(app, 2);
  machines.remove('m');
  machines.set('m', { phase: 'Running' });
  for (const { status, body } of await Promise.all(answers))
    assert.deepEqual([status, body.type], [404, 'urn:devmachine:problem:machine-not-found']);
  machines.set('m', { phase: 'Failed' });
  const { status, ms } = await ask(url, 'waitFor=Deleted&timeoutSeconds=1');
  assert.equal(status, 200);
  assert.ok(ms > 900, `${ms} ms`);
});

test('after the timeout the current status is sent, with its ETag, or 304', async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Starting' });
  const { app, url } = await serve(t, machines);
  const waiting = ask(url, 'waitFor=Running&timeoutSeconds=1');
  await waitFor(app, 1);
  const etag = `"${machines.set('m', { phase: 'Starting' }).version}"`;
  const { status, ms, body, headers } = await waiting;
  assert.deepEqual([status, body.phase, headers.get('etag')], [200, 'Starting', etag]);
  assert.ok(ms > 900 && ms < 25_000, `${ms} ms`);
  const known = await ask(url, 'waitFor=Starting', { headers: { 'if-none-match': etag } });
  assert.deepEqual([known.status, known.body], [304, undefined]);
});

test('a client that disconnects leaves no listener behind', async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Starting' });
  const { app, url } = await serve(t, machines, { maxReaders: 20 });
  for (let round = 0; round < 5; round++) {
    const leave = new AbortController();
    const answers = Array.from({ length: 20 }, () => ask(url, 'waitFor=Running', { signal: leave.signal }));
    await waitFor(app, 20);
    assert.equal((await ask(url, 'waitFor=Running')).status, 503);
    leave.abort();
    for (const { status } of await Promise.allSettled(answers)) assert.equal(status, 'rejected');
    await waitFor(app, 0);
  }
});

test('when the API shuts down, all waiting requests receive the current status', {
  timeout: 60_000,
}, async (t) => {
  const machines = new FakeMachines();
  machines.set('m', { phase: 'Starting' });
  const { app, url } = await serve(t, machines);
  const answers = ['Running', 'Stopped'].map((phase) => ask(url, `waitFor=${phase}&timeoutSeconds=300`));
  await waitFor(app, 2);
  await Promise.all([app.close(), ...answers]);
  for (const answer of answers)
    assert.deepEqual([(await answer).status, (await answer).body.phase], [200, 'Starting']);
});

test('an invalid wait is refused with the parameter at fault', async (t) => {
  const { url } = await serve(t, new FakeMachines());
  const wrong = {
    'waitFor=Ready': 'waitFor',
    'waitFor=': 'waitFor',
    'timeoutSeconds=5': 'timeoutSeconds',
    'waitFor=Running&timeoutSeconds=0': 'timeoutSeconds',
    'waitFor=Running&timeoutSeconds=301': 'timeoutSeconds',
    'waitFor=Running&timeoutSeconds=1.5': 'timeoutSeconds',
    'waitFor=Running&timeoutSeconds=': 'timeoutSeconds',
  };
  for (const [query, parameter] of Object.entries(wrong)) {
    const { status, body } = await ask(url, query);
    assert.equal(status, 400, query);
    assert.deepEqual(
      body.errors.map((error: { parameter: string }) => error.parameter),
      [parameter],
      query,
    );
  }
});

const waitFor = (app: FastifyInstance, count: number): Promise<void> =>
  until(`${count} waiting requests`, () => app.requestLifecycle.inFlight.size === count);
