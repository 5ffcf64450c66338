import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testKubeconfig } from '../../support/cluster.ts';
import { seededRandom } from '../../support/random.ts';
import { leaked, listeners, resources } from './leaks.ts';
import { type ControlPlaneFiles, controlPlaneOf, openSite, type Site } from './site.ts';
import { type Stack, startStack } from './stack.ts';
import { askCluster, differences } from './truth.ts';

export interface DiagnosisContext extends Site {
  readonly stack: Stack;
  /** So many changes by others, some for each kind of object. */
  changes(count?: number): Promise<void>;
  /** Resolves when backend and cluster agree, fault or not. */
  agree(): Promise<void>;
}

export interface Drill {
  readonly fault: string;
  readonly expected: string;
  /** The fault, with what is to be seen while it lasts. It is healed afterwards. */
  readonly during: (context: DiagnosisContext) => Promise<void>;
  /** What is to be seen once all is well again. */
  readonly afterwards?: (context: DiagnosisContext) => Promise<void> | void;
  readonly withinMs?: number;
  /** The backend's; without it one that leads to the proxy. */
  readonly kubeconfig?: (site: Site) => Promise<string> | string;
  readonly env?: Readonly<Record<string, string>>;
  /** The backend's; production has a longer one. */
  readonly silenceMs?: number;
}

const WITHIN_MS = 10_000;

const ofThisRun = () => controlPlaneOf(testKubeconfig());

/** Runs them one after the other; each on a backend of its own, which must know all again in time and leave nothing behind. */
export function runDrills(
  drills: readonly Drill[],
  controlPlane: () => ControlPlaneFiles | Promise<ControlPlaneFiles> = ofThisRun,
): void {
  const rows: object[] = [];
  after(() => console.table(rows));
  for (const drill of drills) {
    test(drill.fault, async () => {
      const { fault, expected } = drill;
      const recoveredMs = await run(drill, await controlPlane());
      rows.push({ fault, expected, 'recovered after ms': Math.round(recoveredMs) });
    });
  }
}

async function run(drill: Drill, controlPlane: ControlPlaneFiles): Promise<number> {
  const before = resources();
  const site = await openSite(controlPlane);
  const kubeconfig = await (drill.kubeconfig?.(site) ?? site.kubeconfig);
  const namespaces = [site.world.namespace];
  const { env = {}, silenceMs } = drill;
  const stack = await startStack({ kubeconfig, namespaces, env, silenceMs });
  const recoveredMs = await play(drill, site, stack).finally(async () => {
    await stack.stop();
    await site.close();
  });
  assert.equal(listeners(stack.signal), 0);
  assert.deepEqual(await leaked(before), []);
  return recoveredMs;
}

async function play(drill: Drill, site: Site, stack: Stack): Promise<number> {
  const { during, afterwards, withinMs = WITHIN_MS } = drill;
  const random = seededRandom(1);
  const changes = async (count = 20) => {
    for (let made = 0; made < count; made++) await site.world.anything(random);
  };
  const agree = () => converged(stack, site, withinMs);
  const context = { ...site, stack, changes, agree };
  await changes(40);
  await agree();
  await during(context);
  await site.proxy.heal();
  const healed = performance.now();
  // Where nothing has changed meanwhile, both agree although the backend is still deaf.
  await changes(10);
  await converged(stack, site, withinMs, healed);
  const recoveredMs = performance.now() - healed;
  await afterwards?.(context);
  assert.deepEqual(stack.wrongs(), []);
  return recoveredMs;
}

/** Resolves when backend and cluster agree. */
export async function converged(
  stack: Stack,
  site: Site,
  withinMs: number,
  began = performance.now(),
): Promise<void> {
  for (;;) {
    const truth = await askCluster(site.direct, stack.namespaces);
    const found = stack.cache.synced() ? differences(stack, truth) : ['not synced'];
    const passed = performance.now() - began;
    if (found.length === 0) return;
    assert.ok(
      passed < withinMs,
      [`after ${withinMs} ms:`, ...found, ...stack.warnings.slice(-20)].join('\n'),
    );
    await sleep(50);
  }
}
