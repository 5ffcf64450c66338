import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DiagnosisContext, type Drill, runDrills } from './support/drill.ts';

/** Connections that look alive: nobody says that they are not. */

const watches = { kind: 'watch' } as const;
const lists = { kind: 'list' } as const;

async function age({ stack, world }: DiagnosisContext): Promise<number> {
  const reply = await fetch(`${stack.url}/api/v1/devmachines?namespace=${world.namespace}`);
  await reply.text();
  assert.equal(reply.status, 200);
  return Number(reply.headers.get('age'));
}

const drills: Drill[] = [
  {
    fault: 'every watch is half-open: it never says another word',
    expected: 'found out by silence; watched again, no list',
    silenceMs: 3_000,
    async during(context) {
      const { proxy, changes, agree } = context;
      const listed = proxy.asked(lists).length;
      for (const exchange of proxy.open(watches)) exchange.hold();
      await changes();
      await agree();
      assert.equal(proxy.asked(lists).length, listed);
    },
  },
  {
    fault: 'all connections are half-open for 8 s, then alive again',
    expected: 'answers say how old they are; what comes late is taken in',
    async during(context) {
      const { proxy, changes } = context;
      const held = proxy.open(watches);
      for (const exchange of held) exchange.hold();
      const { promise: alive, resolve: revive } = Promise.withResolvers<void>();
      proxy.inject({ before: () => alive });
      await changes();
      await sleep(8_000);
      assert.ok((await age(context)) >= 5, `Age: ${await age(context)}`);
      revive();
      for (const exchange of held) exchange.release();
    },
    async afterwards(context) {
      await sleep(3_000);
      assert.ok((await age(context)) <= 5);
    },
  },
  {
    fault: 'quiet watches, again and again made anew after 1 s of silence',
    expected: 'no list, no wait, nobody is told anything',
    silenceMs: 1_000,
    async during({ proxy, stack }) {
      const listed = proxy.asked(lists).length;
      const watched = proxy.asked(watches).length;
      await sleep(4_000);
      assert.ok(proxy.asked(watches).length > watched + 30);
      assert.equal(proxy.asked(lists).length, listed);
      assert.deepEqual(stack.warnings, []);
    },
  },
];

runDrills(drills);
