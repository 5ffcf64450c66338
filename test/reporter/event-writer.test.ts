import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/kube/client/clock.ts';
import { EventWriter } from '../../src/reporter/event-writer.ts';
import type { Refusal } from '../../src/reporter/failed-release.ts';
import { connect, createNamespace, get } from '../support/cluster.ts';
import { waitFor } from '../support/until.ts';

const log = { info: () => undefined, warn: () => undefined };

test('a machine has one event, which the next refusal replaces, also after failures', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster);
  let failures = 0;
  /** Fails every other request. */
  const unreliable: typeof cluster.request = async (request) => {
    if (++failures % 2 === 1) throw new Error('no connection');
    return cluster.request(request);
  };
  const stop = new AbortController();
  const writer = new EventWriter({ ...cluster, request: unreliable }, systemClock, log);
  const running = writer.run(stop.signal);
  const refusal = (words: string, more: Partial<Refusal> = {}): Refusal => ({
    namespace,
    machine: 'one',
    machineUid: 'uid-1',
    specDigest: 'digest-1',
    words,
    at: '2026-01-01T00:00:00Z',
    ...more,
  });
  const event = async (machine: string, message: string) =>
    waitFor(`the words "${message}"`, async () => {
      const { status, body } = await get(
        cluster,
        `/api/v1/namespaces/${namespace}/events/${machine}.change-refused`,
      );
      return status === 200 && body.message === message && body;
    });

  writer.write(refusal('nobody reads them', { namespace: 'no-such-namespace' }));
  writer.write(refusal('first'));
  writer.write(refusal('other', { machine: 'two', machineUid: 'uid-2' }));
  const first = await event('one', 'first');
  await event('two', 'other');
  writer.write(
    refusal('second', { specDigest: 'digest-2', machineUid: 'uid-3', at: '2026-01-01T00:01:00Z' }),
  );
  const second = await event('one', 'second');
  assert.equal(second.metadata.uid, first.metadata.uid);
  assert.equal(second.metadata.annotations['ide.example.com/spec-sha256'], 'digest-2');
  assert.partialDeepStrictEqual(second, {
    involvedObject: { apiVersion: 'ide.example.com/v1alpha1', kind: 'DevMachine', name: 'one', uid: 'uid-3' },
    type: 'Warning',
    reason: 'ChangeRefused',
    reportingComponent: 'devmachine-reporter',
    lastTimestamp: '2026-01-01T00:01:00Z',
  });
  stop.abort();
  await running;
});
