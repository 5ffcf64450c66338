import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { boundedTurns, MAX_PER_TURN } from '../../../src/http/plugins/turns.ts';
import { countPerTurn } from '../../support/turns.ts';

const REQUESTS = 20 * MAX_PER_TURN;

test('a burst of requests begins over many turns, in order', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  await app.register(boundedTurns);
  const turns = countPerTurn(t);
  const order: number[] = [];
  app.get('/:number', async (request) => {
    turns.add();
    order.push(Number((request.params as { number: string }).number));
    return '';
  });
  await app.ready();
  // A second burst finds everything as the first one did.
  for (let burst = 0; burst < 2; burst++) {
    order.length = 0;
    const numbers = Array.from({ length: REQUESTS }, (_, number) => number);
    const responses = await Promise.all(numbers.map((number) => app.inject(`/${number}`)));
    assert.deepEqual(new Set(responses.map(({ statusCode }) => statusCode)), new Set([200]));
    assert.deepEqual(order, numbers);
  }
  // The first requests of a burst can begin in the turn in which the last of those before end.
  assert.ok(turns.most() <= 2 * MAX_PER_TURN, `${turns.most()} in one turn`);
});

test('requests that take long begin one per turn', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  await app.register(boundedTurns);
  const turns = countPerTurn(t);
  app.get('/', (_request, reply) => {
    turns.add();
    for (const end = performance.now() + 20; performance.now() < end; );
    reply.send('');
  });
  await app.ready();
  await Promise.all(Array.from({ length: 20 }, () => app.inject('/')));
  // As above, the first one can begin in the turn in which another has ended.
  assert.ok(turns.most() <= 2, `${turns.most()} in one turn`);
});
