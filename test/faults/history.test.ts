import assert from 'node:assert/strict';
import { until } from '../support/until.ts';
import { retryWrite, useDedicatedControlPlane } from './support/dedicated-control-plane.ts';
import type { ProxiedRequest } from './support/exchange.ts';
import { EXPIRED, errorEvent, sendsFirst } from './support/faults.ts';
import { runScenarios, type Scenario } from './support/scenario.ts';

/** Changes to etcd's history, from which watches and pages continue. */

const controlPlane = useDedicatedControlPlane();

const MACHINE_LISTS = { kind: 'list', path: '/devmachines' } as const;
const MACHINE_WATCHES = { kind: 'watch', path: '/devmachines' } as const;

let listsBeforeRestore = 0;

const scenarios: Scenario[] = [
  {
    fault: 'etcd is restored from a backup',
    expected: 'a new list, although its version is older; missing objects are deleted',
    async during({ write, converge, backend, proxy }) {
      const restore = await controlPlane().backup();
      // More writes than an API server makes while it starts, so that the restored cluster stays behind until a check.
      await retryWrite(() => write(800));
      await converge();
      backend.allowRepeats(true);
      listsBeforeRestore = proxy.requests(MACHINE_LISTS).length;
      await restore();
      await retryWrite(() => write(5));
    },
    afterwards({ proxy }) {
      assert.ok(proxy.requests(MACHINE_LISTS).length > listsBeforeRestore);
    },
  },
  {
    fault: 'the history is compacted while the backend is disconnected',
    expected: 'the watch is refused as expired, which leads to a new list',
    async during({ proxy, write }) {
      const listsBefore = proxy.requests(MACHINE_LISTS).length;
      proxy.refuse();
      await write(40);
      await dropHistory();
      await proxy.heal();
      await retryWrite(() => write(1));
      await until('a new list', () => proxy.requests(MACHINE_LISTS).length > listsBefore);
    },
  },
  {
    fault: 'a continue token expires between two pages',
    expected: 'one list without pages',
    env: { CLUSTER_TIMEOUT_SECONDS: '60' },
    async during({ proxy, writer, converge }) {
      const names = Array.from({ length: 520 }, (_, index) => `page-${index}`);
      while (names.length > 0) {
        await Promise.all(names.splice(0, 40).map((name) => writer.createMachine(name)));
      }
      // A write first: compaction keeps the latest version.
      const expire = () => writer.updateMachine('page-0').then(dropHistory);
      const expiry = proxy.inject({ before: expire }, { kind: 'list', path: 'continue=' }, 1);
      proxy.inject(sendsFirst(errorEvent(EXPIRED)), MACHINE_WATCHES, 1);
      const listsBefore = proxy.requests(MACHINE_LISTS).length;
      proxy.cut(MACHINE_WATCHES);
      const isWhole = ({ url }: ProxiedRequest) => !url.includes('limit=');
      await until('a list without pages', () =>
        proxy.requests(MACHINE_LISTS).slice(listsBefore).some(isWhole),
      );
      assert.equal(expiry.hits(), 1);
      await converge();
    },
  },
];

runScenarios(scenarios, controlPlane);

async function dropHistory(): Promise<void> {
  const { apiserver, compact } = controlPlane();
  await compact();
  // The API server's watch cache still has the compacted events.
  await apiserver.kill('SIGKILL');
  await apiserver.start();
}
