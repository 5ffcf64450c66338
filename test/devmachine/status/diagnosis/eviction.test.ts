import assert from 'node:assert/strict';
import { test } from 'node:test';
import { condition, pod, running } from '../../../status/objects.ts';
import { deployed } from '../../../status/scenarios/scenario.ts';
import { statusOf } from '../../../status/watched.ts';

/** The record of a pod that was evicted long ago does not explain a start of today. */

const MESSAGE = 'Pod ephemeral local storage usage exceeds the total limit of containers 20Gi. ';

function reasonAfter(startedAt: string, evictedAt: string, nextCreatedAt: string) {
  // What the kubelet writes: no condition says that it evicted the pod.
  const conditions = [condition('Ready', 'False', 'PodFailed', '', evictedAt)];
  return statusOf({
    reason: 'EphemeralStorageExceeded',
    phase: 'Starting',
    cause: '',
    message: /./,
    objects: deployed(
      (owner) => {
        const status = { phase: 'Failed', reason: 'Evicted', message: MESSAGE };
        return createdAt(startedAt, pod(owner, { suffix: 'evicted', conditions, status }));
      },
      (owner) => createdAt(nextCreatedAt, pod(owner, { machine: running(false) })),
    ),
  }).reason;
}

/** After the last change of the spec. */
const START = '2026-01-15T00:00:00Z';

const createdAt = (creationTimestamp: string, object: ReturnType<typeof pod>) => ({
  ...object,
  metadata: { ...object.metadata, creationTimestamp },
});

test('the pod that replaces an evicted one is created soon after the eviction', () => {
  assert.equal(
    reasonAfter(START, '2026-02-01T00:00:00Z', '2026-02-01T00:00:59Z'),
    'EphemeralStorageExceeded',
  );
  assert.equal(reasonAfter(START, '2026-02-01T00:00:00Z', '2026-02-01T00:01:00Z'), 'ContainerStarting');
});

test('the eviction of a pod from before the last change of the spec does not count', () => {
  assert.equal(
    reasonAfter('2025-12-31T23:59:59Z', '2026-02-01T00:00:00Z', '2026-02-01T00:00:01Z'),
    'ContainerStarting',
  );
});
