import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../../src/devmachine/machine.ts';
import type { Delta } from '../../src/kube/cache/store.ts';
import { type DiagnosisContext, type Drill, runDrills } from './support/drill.ts';
import { answers, blackHole, resets, status } from './support/faults.ts';

/** The whole cluster cannot be reached, or answers nonsense to everything. */

/** In the meantime what is known is answered, and the process is neither dead nor unready. */
async function outage({ stack, world }: DiagnosisContext, ms: number): Promise<void> {
  const until = performance.now() + ms;
  const known = stack.cache.view.list(world.namespace)[0]?.name;
  const paths = [
    '/livez',
    '/readyz',
    `/api/v1/devmachines/status?namespace=${world.namespace}&name=${known}`,
  ];
  while (performance.now() < until) {
    for (const path of paths) {
      const reply = await fetch(`${stack.url}${path}`);
      await reply.text();
      assert.equal(reply.status, 200, path);
    }
    await sleep(100);
  }
}

const refused = (ms: number) => async (context: DiagnosisContext) => {
  context.proxy.refuse();
  await context.changes();
  await outage(context, ms);
};

const toEverything =
  (...[fault]: Parameters<DiagnosisContext['proxy']['inject']>) =>
  async (context: DiagnosisContext) => {
    const { proxy, changes } = context;
    proxy.inject(fault);
    for (const exchange of proxy.open()) exchange.cut();
    await changes();
    await outage(context, 3_000);
  };

const told: Delta<Machine>[] = [];

const drills: Drill[] = [
  {
    fault: 'connections are refused for 20 s',
    expected: 'the last known is answered; recovers without a restart',
    during: refused(20_000),
  },
  {
    fault: 'a machine is made anew, another deleted, while disconnected',
    expected: 'subscribers hear: deleted and added, and deleted with the last known state',
    async during({ proxy, world, stack, agree }) {
      for (const name of ['anew', 'gone']) await world.make(name);
      await agree();
      stack.cache.store(world.namespace)?.subscribe((change) => told.push(change));
      proxy.refuse();
      await world.remove('anew');
      await world.make('anew');
      await world.remove('gone');
      await sleep(1_000);
    },
    afterwards() {
      const of = (name: string) => told.filter(({ item }) => item.name === name);
      assert.deepEqual(
        of('anew').map(({ type }) => type),
        ['deleted', 'added'],
      );
      assert.notEqual(of('anew')[0]?.item.uid, of('anew')[1]?.item.uid);
      assert.deepEqual(
        of('gone').map(({ type }) => type),
        ['deleted'],
      );
    },
  },
  { fault: 'every request is reset', expected: 'the last known is answered', during: toEverything(resets) },
  { fault: 'every request ends in a black hole', expected: 'as above', during: toEverything(blackHole) },
  {
    fault: '429 with Retry-After: 1 to everything',
    expected: 'as above',
    during: toEverything(answers(429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '1' })),
  },
  { fault: '500 to everything', expected: 'as above', during: toEverything(answers(500, 'broken')) },
  {
    fault: '200 with HTML to everything',
    expected: 'as above',
    during: toEverything(answers(200, '<html>Please log in</html>')),
  },
  {
    fault: 'lists of junk where lists are needed',
    expected: 'tried again; the last known is answered',
    async during(context) {
      const { proxy, changes } = context;
      proxy.inject(answers(410, status(410, 'Expired', 'too old')), { kind: 'watch' });
      proxy.inject(answers(200, '{"kind":"DevMachineList","metadata":{}}'), { kind: 'list' });
      for (const exchange of proxy.open()) exchange.cut();
      await changes();
      await outage(context, 2_000);
    },
  },
];

runDrills(drills);
