import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { manifest } from '../corpus/bodies.ts';
import { useDedicatedControlPlane } from '../faults/support/dedicated-control-plane.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, create, createNamespace } from '../support/cluster.ts';
import { openConsole } from './support/console.ts';
import { SPEC } from './support/machines.ts';

/** Thousands of machines, and a cluster that goes away while they are shown. */

const COUNT = 5_000;
const AT_ONCE = 50;
const MAX_NODES = 2_000;
const MAX_TASK_MS = 100;
const MAX_HEAP_BYTES = 150e6;

const controlPlane = useDedicatedControlPlane();

test('5,000 machines scroll without long tasks; when the cluster goes away, the page says how old it is', async (t) => {
  const { kubeconfig, apiserver } = controlPlane();
  const cluster = connect(t, kubeconfig);
  const namespace = await createNamespace(cluster, 'team');
  for (let first = 0; first < COUNT; first += AT_ONCE) {
    const names = Array.from(
      { length: AT_ONCE },
      (_, index) => `machine-${String(first + index).padStart(4, '0')}`,
    );
    const made = await Promise.all(
      names.map((name) => create(cluster, machinesPath(namespace), manifest(SPEC, { name }))),
    );
    assert.ok(made.every(({ status }) => status === 201));
  }
  const api = await startReadyApi(t, { KUBECONFIG: kubeconfig, HEARTBEAT_SECONDS: '1' });
  const page = await openConsole(t, api.url);
  await page.getByText(`${COUNT} machines`, { exact: true }).waitFor();

  const browser = page.context().browser();
  await browser?.startTracing(page, { categories: ['toplevel'] });
  await page.mouse.move(640, 500);
  for (let step = 0; step < 60; step++) {
    await page.mouse.wheel(0, 2_000);
    // Each step is drawn before the next one, as when a person scrolls.
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  await page.getByRole('link', { name: `machine-${COUNT - 1}` }).waitFor();
  const tasks = tasksOf(String(await browser?.stopTracing()));
  assert.ok(tasks.length > 0);
  assert.ok(Math.max(...tasks) <= MAX_TASK_MS, `tasks of ${tasks.filter((ms) => ms > MAX_TASK_MS / 2)} ms`);
  const nodes = Number(await page.evaluate("document.querySelectorAll('*').length"));
  assert.ok(nodes <= MAX_NODES, `${nodes} nodes`);
  const heap = Number(await page.evaluate('performance.memory.usedJSHeapSize'));
  assert.ok(heap <= MAX_HEAP_BYTES, `${heap} bytes`);

  await page.getByRole('searchbox').fill('machine-42');
  await page.getByText(`100 of ${COUNT} machines`).waitFor();

  await apiserver.kill('SIGKILL');
  await page.locator('.banner.warning', { hasText: 'The cluster has not answered since' }).waitFor();
  await apiserver.start();
  await page.locator('.banner.warning').waitFor({ state: 'detached', timeout: 60_000 });
});

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
  /** CPU time in microseconds. */
  readonly tdur?: number;
}

/** The CPU time of each task of the page's main thread, in ms. How long a task takes depends on what else the machine does. */
function tasksOf(trace: string): number[] {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(threadOf),
  );
  return traceEvents
    .filter((event) => event.name.endsWith('RunTask') && main.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1_000);
}
