import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Phase } from '../../../src/devmachine/status/phases.ts';
import type { Reason } from '../../../src/devmachine/status/reasons.ts';
import { UNMONITORED } from '../../../src/kube/cache/health.ts';
import { Informer } from '../../../src/kube/cache/informer.ts';
import type { ClusterClient } from '../../../src/kube/client/client.ts';
import { systemClock } from '../../../src/kube/client/clock.ts';
import { openStream } from '../../support/streams.ts';
import { until, waitFor } from '../../support/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects as the API server and the API return them
export type Raw = any;

/** An object or a status, and when this process has got it (ms of performance.now). */
export interface Seen {
  readonly at: number;
  readonly value: Raw;
}

/** What a namespace's pods, its events and the API's statuses of its machines were, in the order of their arrival. */
export interface Reports {
  /** Pods and events, as the kubelet and the scheduler report them. */
  of(namespace: string): readonly Seen[];
  statuses(namespace: string): readonly Seen[];
}

/**
 * Follows the cluster and the API's event stream at the same time, until the test ends: what delays this process delays both,
 * so the difference of two times is how long the API takes.
 */
export async function followReports(t: TestContext, client: ClusterClient, apiUrl: string): Promise<Reports> {
  const stop = new AbortController();
  const reports = new Map<string, Seen[]>();
  const statuses = new Map<string, Seen[]>();
  const add = (map: Map<string, Seen[]>, namespace: string, value: Raw) => {
    const list = map.get(namespace) ?? [];
    map.set(namespace, list);
    list.push({ at: performance.now(), value });
  };
  const follow = async (path: string) => {
    const context = { client, health: UNMONITORED, clock: systemClock, log: SILENT };
    const informer = new Informer({ path: () => path, transform }, undefined, context);
    informer.store.subscribe(({ type, item }) => {
      if (type !== 'deleted') add(reports, item.namespace, item.object);
    });
    const running = informer.run(stop.signal);
    await until(`the watch of ${path}`, () => informer.synced);
    return running;
  };
  const watches = [follow('/api/v1/pods'), follow('/api/v1/events')];
  t.after(async () => {
    stop.abort();
    await Promise.all(watches);
  });
  const stream = await openStream(t, apiUrl);
  let count = 0;
  stream.response.on('data', () => {
    for (; count < stream.events.length; count++) {
      const { event, data } = stream.events[count] ?? {};
      if (event === 'status') add(statuses, data.namespace, data);
    }
  });
  return {
    of: (namespace) => reports.get(namespace) ?? [],
    statuses: (namespace) => statuses.get(namespace) ?? [],
  };
}

/** A state of a machine that the kubelet or the scheduler reports, and what the status must say then. */
export interface Step {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly message: RegExp;
  /** Whether a pod, or an event of a pod, says so. */
  readonly isReported: (object: Raw) => boolean;
}

const MAX_DELAY_MS = 3_000;
const TIMEOUT_MS = 120_000;

/**
 * Waits for the report, and asserts that the status of the namespace's machine follows it soon. What arrived before `since`
 * does not count. Resolves to when the status said so, and to a row for the documentation.
 */
export async function followsReport(
  reports: Reports,
  namespace: string,
  { phase, reason, message, isReported }: Step,
  since = 0,
): Promise<{ readonly at: number; readonly row: string }> {
  const statuses = () => reports.statuses(namespace).filter(({ at }) => at >= since);
  const find = (what: string, list: () => readonly Seen[], isSo: (value: Raw) => boolean) =>
    waitFor(what, () => list().find(({ at, value }) => at >= since && isSo(value)), {
      timeoutMs: TIMEOUT_MS,
      intervalMs: 50,
    }).catch((error: Error) => {
      const seen = statuses().map(({ value }) => `${value.phase} ${value.reason}: ${value.message}`);
      throw new Error([`${error.message}. The statuses were:`, ...seen].join('\n'));
    });
  const report = await find(`a report of ${reason}`, () => reports.of(namespace), isReported);
  const status = await find(
    `${phase} ${reason} ${message}`,
    statuses,
    (value) => value.phase === phase && value.reason === reason && message.test(value.message),
  );
  const delayMs = Math.round(status.at - report.at);
  assert.ok(delayMs <= MAX_DELAY_MS, `${reason} came ${delayMs} ms after the report`);
  const row = [phase, reason, `${delayMs} ms`, status.value.message, status.value.hint].join(' | ');
  return { at: status.at, row };
}

/** For `isReported`: whether a pod has a condition with this status. */
export const hasCondition =
  (type: string, status: string) =>
  (object: Raw): boolean =>
    object.status?.conditions?.some((one: Raw) => one.type === type && one.status === status) ?? false;

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

function transform(object: Raw) {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return { namespace, name, uid, resourceVersion, object };
}
