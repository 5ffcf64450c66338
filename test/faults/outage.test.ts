import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from '../../src/devmachine/machine.ts';
import type { Delta } from '../../src/kube/cache/listeners.ts';
import { untilUnreachable } from './support/backend.ts';
import { LISTS, WATCHES } from './support/exchange.ts';
import { blackHole, EXPIRED, type Fault, resets, responds, throttles } from './support/faults.ts';
import { runScenarios, type Scenario, type ScenarioContext } from './support/scenario.ts';

/** The whole cluster is unreachable, or every response is invalid. */

/**
 * Keeps the fault for `ms`, while the backend must stay alive and ready, and serve the last known status. Real time is the
 * subject: the backend retries, with growing waits, throughout the outage.
 */
async function assertServes({ backend, namespace }: ScenarioContext, ms: number): Promise<void> {
  const end = performance.now() + ms;
  const name = backend.cache.view.list(namespace)[0]?.name;
  const paths = ['/livez', '/readyz', `/api/v1/devmachines/status?namespace=${namespace}&name=${name}`];
  while (performance.now() < end) {
    for (const path of paths) {
      const response = await fetch(`${backend.url}${path}`);
      await response.text();
      assert.equal(response.status, 200, path);
    }
    await sleep(100);
  }
}

const onAllRequests = (fault: Fault) => async (context: ScenarioContext) => {
  const { proxy, write } = context;
  proxy.inject(fault);
  proxy.cut();
  await write();
  await assertServes(context, 3_000);
};

const deltas: Delta<Machine>[] = [];

const scenarios: Scenario[] = [
  {
    fault: 'connections are refused for 20 s',
    expected: 'serves the last known state; recovers without a restart',
    async during(context) {
      context.proxy.refuse();
      await context.write();
      await assertServes(context, 20_000);
    },
  },
  {
    fault: 'a machine is recreated and another deleted while the backend is disconnected',
    expected: 'subscribers receive deleted and added for one, and deleted for the other',
    async during({ proxy, writer, backend, converge, namespace }) {
      for (const name of ['recreated', 'removed']) await writer.createMachine(name);
      await converge();
      backend.cache.store(namespace)?.subscribe((delta) => deltas.push(delta));
      proxy.refuse();
      await writer.deleteMachine('recreated');
      await writer.createMachine('recreated');
      await writer.deleteMachine('removed');
      await untilUnreachable(backend);
    },
    afterwards() {
      const of = (name: string) => deltas.filter(({ item }) => item.name === name);
      assert.deepEqual(
        of('recreated').map(({ type }) => type),
        ['deleted', 'added'],
      );
      assert.notEqual(of('recreated')[0]?.item.uid, of('recreated')[1]?.item.uid);
      assert.deepEqual(
        of('removed').map(({ type }) => type),
        ['deleted'],
      );
    },
  },
  {
    fault: 'every request is reset',
    expected: 'serves the last known state',
    during: onAllRequests(resets),
  },
  {
    fault: 'no request gets a response',
    expected: 'serves the last known state; retries after the deadline',
    env: { CLUSTER_TIMEOUT_SECONDS: '5' },
    during: onAllRequests(blackHole),
  },
  {
    fault: '429 with Retry-After: 1 to every request',
    expected: 'serves the last known state',
    during: onAllRequests(throttles(1)),
  },
  {
    fault: '500 to every request',
    expected: 'serves the last known state',
    during: onAllRequests(responds(500, 'broken')),
  },
  {
    fault: '200 with HTML to every request',
    expected: 'serves the last known state',
    during: onAllRequests(responds(200, '<html>Please log in</html>')),
  },
  {
    fault: '410 to every watch, and an invalid response to every list',
    expected: 'retries; serves the last known state',
    async during(context) {
      const { proxy, write } = context;
      proxy.inject(responds(410, EXPIRED), WATCHES);
      proxy.inject(responds(200, '{"kind":"DevMachineList","metadata":{}}'), LISTS);
      proxy.cut();
      await write();
      await assertServes(context, 2_000);
    },
  },
];

runScenarios(scenarios);
