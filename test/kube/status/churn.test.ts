import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { KubeClient } from '../../../src/kube/client/transport.ts';
import { MACHINE_LABEL } from '../../../src/kube/resources/metadata.ts';
import { startMachineCache } from '../../../src/kube/status/machine-cache.ts';
import { EXAMPLE_SPEC } from '../../corpus/bodies.ts';
import { until } from '../../support/until.ts';
import { event, list } from '../support/responses.ts';

const BATCHES = 100;
const BATCH = 1_000;
/** By then, everything that is bounded is full. */
const WARM_UP = 20;
const MOST_BYTES = 2_000_000;

let version = 10;

const metadata = (name: string, labels = {}) => ({
  namespace: 'team',
  name,
  uid: `uid-of-${name}`,
  resourceVersion: String(++version),
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels,
});

/** A machine of its own image, its pod, and an event of the pod. */
const objectsOf = (name: string): Record<string, object> => ({
  devmachines: {
    metadata: metadata(name),
    spec: { ...EXAMPLE_SPEC, image: `registry.example.com/${name}:1` },
  },
  pods: { metadata: metadata(`${name}-pod`, { [MACHINE_LABEL]: name }), spec: { containers: [] } },
  'events FailedMount': {
    metadata: metadata(`${name}-event`),
    involvedObject: { kind: 'Pod', name: `${name}-pod`, uid: `uid-of-${name}-pod` },
    reason: 'FailedMount',
    message: `The volume of ${name} cannot be mounted.`,
  },
});

test('100,000 machines that come and go leave nothing in memory', { timeout: 300_000 }, async (t) => {
  const watches = new Map<string, Readable>();
  const stop = new AbortController();
  t.after(() => stop.abort());
  const client: KubeClient = {
    request: async () => list(version),
    async stream({ path, query = {}, signal }) {
      const reason = /reason=(\w+)/.exec(query['fieldSelector'] ?? '')?.[1] ?? '';
      const body = new Readable({ read() {}, signal });
      watches.set(`${path.split('/').at(-1)} ${reason}`.trim(), body);
      return { status: 200, headers: {}, body };
    },
  };
  const cache = startMachineCache(
    {
      client,
      namespaces: [],
      maxStalenessMs: 300_000,
      statusSettings: { ingressStatus: 'required', ingressStatusIgnoredClasses: [] },
      silenceMs: 300_000,
      log: { info: () => undefined, warn: () => undefined },
    },
    stop.signal,
  );
  let updates = 0;
  cache.view.subscribe(() => updates++);
  await until('the cache to be filled', () => cache.synced() && watches.has('events FailedMount'));
  const size = (kind: 'Pod' | 'Event') => cache.dependentSizes().get(kind);

  let before = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    if (batch === WARM_UP) before = await heldBytes();
    const machines = Array.from({ length: BATCH }, (_, index) => objectsOf(`m-${batch}-${index}`));
    send(watches, 'ADDED', machines);
    await until(
      'all objects',
      () => cache.view.size === BATCH && size('Pod') === BATCH && size('Event') === BATCH,
    );
    send(watches, 'DELETED', machines);
    await until('no objects', () => cache.view.size === 0 && size('Pod') === 0 && size('Event') === 0);
  }
  const growth = (await heldBytes()) - before;
  assert.ok(updates >= 2 * BATCHES * BATCH, `${updates} updates`);
  assert.ok(growth < MOST_BYTES, `${growth} bytes more are held`);
  stop.abort();
  await cache.stopped;
});

function send(
  watches: Map<string, Readable>,
  type: string,
  machines: readonly Record<string, object>[],
): void {
  for (const [name, body] of watches) {
    const lines = machines.flatMap((objects) => objects[name] ?? []).map((object) => event(type, object));
    if (lines.length > 0) body.push(lines.join(''));
  }
}

/** After a full garbage collection, in bytes. */
async function heldBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    collect();
    await sleep(20);
  }
  return process.memoryUsage().heapUsed;
}
