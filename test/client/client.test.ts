import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createDevMachineClient,
  followMachines,
  type MachineEvent,
  ProblemError,
  unwrap,
} from '../../client/index.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace } from '../support/cluster.ts';
import { until } from '../support/until.ts';

/** The typed client against the real API. */

test('a stream whose connection is lost resumes, and repeats nothing', async (t) => {
  const api = await startReadyApi(t);
  const namespace = await createNamespace(connect(t));
  await api.create(namespace, 'before');
  let connection = new AbortController();
  const client = createDevMachineClient({
    baseUrl: api.url,
    fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, connection.signal]) }),
  });
  const stop = new AbortController();
  const events: MachineEvent[] = [];
  const following = (async () => {
    for await (const event of followMachines(client, { namespace, signal: stop.signal })) events.push(event);
  })();
  const seen = (type: string) => events.filter((event) => event.type === type).length;
  await until('the machine', () => seen('synced') === 1);
  const cut = connection;
  connection = new AbortController();
  cut.abort();
  await api.create(namespace, 'meanwhile');
  await until('the other machine', () => seen('synced') === 2);
  stop.abort();
  await following;
  const [first, second] = ['before', 'meanwhile'].map((name) =>
    events.findIndex((event) => event.type === 'status' && event.machine.name === name),
  );
  const lost = events.findIndex(({ type }) => type === 'disconnected');
  assert.ok(
    first !== undefined && second !== undefined && first < lost && lost < second,
    JSON.stringify(events),
  );
  assert.equal(seen('reset'), 0);
  assert.equal(
    events.slice(lost).some((event) => event.type === 'status' && event.machine.name === 'before'),
    false,
  );
});

test('a refusal is thrown with its problem, and ends a stream', async (t) => {
  const api = await startReadyApi(t, { AUTH_MODE: 'kubernetes' });
  const client = createDevMachineClient({ baseUrl: api.url, token: 'nobody' });
  const isUnauthenticated = (error: unknown) =>
    error instanceof ProblemError && error.code === 'unauthenticated' && error.problem.status === 401;
  await assert.rejects(unwrap(client.GET('/api/v1/templates')), isUnauthenticated);
  const stream = followMachines(client, { signal: AbortSignal.timeout(10_000) });
  await assert.rejects(stream.next(), isUnauthenticated);
});

test('what is no problem document becomes one', async () => {
  const client = createDevMachineClient({
    baseUrl: 'http://127.0.0.1',
    fetch: async () => new Response('<h1>Bad Gateway</h1>', { status: 502, statusText: 'Bad Gateway' }),
  });
  const isGateway = (error: unknown) => error instanceof ProblemError && error.problem.status === 502;
  await assert.rejects(unwrap(client.GET('/api/v1/templates')), isGateway);
  await assert.rejects(client.fetch('/api/v1/devmachines/logs'), isGateway);
});
