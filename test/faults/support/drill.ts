import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testKubeconfig } from '../../support/cluster.ts';
import { seededRandom } from '../../support/storm.ts';
import { leaked, listeners, resources } from './leaks.ts';
import { controlPlaneOf, openSite, type Site } from './site.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';
import { askCluster, differences } from './truth.ts';

export interface Scene extends Site {
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
  readonly during: (scene: Scene) => Promise<void>;
  /** What is to be seen once all is well again. */
  readonly afterwards?: (scene: Scene) => Promise<void> | void;
  readonly withinMs?: number;
  readonly stack?: Partial<StackOptions>;
}

const WITHIN_MS = 10_000;

/** Runs them one after the other; each on a backend of its own, which must know all again in time and leave nothing behind. */
export function runDrills(drills: readonly Drill[]): void {
  const rows: object[] = [];
  after(() => console.table(rows));
  for (const drill of drills) {
    test(drill.fault, async () => {
      const recoveredMs = await run(drill);
      rows.push({
        fault: drill.fault,
        expected: drill.expected,
        'recovered after ms': Math.round(recoveredMs),
      });
    });
  }
}

async function run({ during, afterwards, withinMs = WITHIN_MS, stack: options }: Drill): Promise<number> {
  const before = resources();
  const site = await openSite(await controlPlaneOf(testKubeconfig()));
  const namespaces = [site.world.namespace];
  const stack = await startStack({ kubeconfig: site.kubeconfig, namespaces, ...options });
  const random = seededRandom(1);
  const changes = async (count = 20) => {
    for (let made = 0; made < count; made++) await site.world.anything(random);
  };
  const agree = async () => void (await converged(stack, site, withinMs));
  const scene = { ...site, stack, changes, agree };
  let recoveredMs: number;
  try {
    await changes(40);
    await converged(stack, site, WITHIN_MS);
    await during(scene);
    await site.proxy.heal();
    recoveredMs = await converged(stack, site, withinMs);
    await changes(10);
    await converged(stack, site, withinMs);
    await afterwards?.(scene);
    assert.deepEqual(stack.wrongs(), []);
  } finally {
    await stack.stop();
    await site.close();
  }
  assert.equal(listeners(stack.signal), 0);
  assert.deepEqual(await leaked(before), []);
  return recoveredMs;
}

/** Resolves with how long it took until backend and cluster agreed. */
export async function converged(stack: Stack, site: Site, withinMs: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const truth = await askCluster(site.direct, stack.namespaces);
    const found = stack.cache.synced() ? differences(stack, truth) : ['not synced'];
    const passed = performance.now() - began;
    if (found.length === 0) return passed;
    assert.ok(
      passed < withinMs,
      `after ${withinMs} ms: ${found.join('\n')}\n${stack.warnings.slice(-5).join('\n')}`,
    );
    await sleep(50);
  }
}
