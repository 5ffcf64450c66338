import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { until } from '../support/until.ts';
import { type OwnControlPlane, startOwnControlPlane, waitForWrites } from './support/cluster.ts';
import { type Drill, runDrills } from './support/drill.ts';
import type { Asked } from './support/exchange.ts';
import { errorEvent, saysFirst, TOO_OLD } from './support/faults.ts';

/** What befalls the history that the cluster keeps, from which watches and pages go on. */

let cluster: OwnControlPlane;
before(async () => {
  cluster = await startOwnControlPlane();
});
after(() => cluster.remove());

const machineLists = { kind: 'list', path: '/devmachines' } as const;
const machineWatches = { kind: 'watch', path: '/devmachines' } as const;

let listed = 0;

const drills: Drill[] = [
  {
    fault: 'etcd is restored to an older state',
    expected: 'a new list, although it has an older version; what is gone is deleted',
    async during({ changes, agree, stack, proxy }) {
      const restore = await cluster.backup();
      // Far enough that the cluster, restored, is behind for a while: it writes much when it starts.
      await waitForWrites(() => changes(200));
      await agree();
      stack.mayRepeat(true);
      listed = proxy.asked(machineLists).length;
      await restore();
      await waitForWrites(() => changes(5));
    },
    afterwards({ proxy }) {
      assert.ok(proxy.asked(machineLists).length > listed);
    },
  },
  {
    fault: 'compaction while disconnected',
    expected: 'the watch is refused as too old: a new list',
    async during({ proxy, changes }) {
      const listed = proxy.asked(machineLists).length;
      proxy.refuse();
      await changes(40);
      await forget();
      await proxy.heal();
      await waitForWrites(() => changes(1));
      await until('a new list', () => proxy.asked(machineLists).length > listed);
    },
    withinMs: 15_000,
  },
  {
    fault: 'a continue token expires between two pages',
    expected: 'one list without pages',
    env: { CLUSTER_TIMEOUT_SECONDS: '30' },
    async during({ proxy, world, agree }) {
      const names = Array.from({ length: 520 }, (_, index) => `page-${index}`);
      while (names.length > 0) await Promise.all(names.splice(0, 40).map((name) => world.make(name)));
      // What is compacted must be older than now.
      const expire = () => world.change('page-0').then(forget);
      const expiry = proxy.inject({ before: expire }, { kind: 'list', path: 'continue=' }, 1);
      proxy.inject(saysFirst(errorEvent(TOO_OLD)), machineWatches, 1);
      const before = proxy.asked(machineLists).length;
      for (const exchange of proxy.open(machineWatches)) exchange.cut();
      const isWhole = ({ url }: Asked) => !url.includes('limit=');
      await until('a list without pages', () => proxy.asked(machineLists).slice(before).some(isWhole));
      assert.equal(expiry.met(), 1);
      await agree();
    },
    withinMs: 15_000,
  },
];

runDrills(drills, () => cluster);

async function forget(): Promise<void> {
  await cluster.compact();
  // It remembers what it has seen itself, compacted or not.
  await cluster.apiserver.kill('SIGKILL');
  await cluster.apiserver.start();
}
