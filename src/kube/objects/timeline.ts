import { machineNotFound } from '../../devmachine/errors.ts';
import { isObject } from '../../devmachine/json-pointer.ts';
import { KIND, type MachineKey } from '../../devmachine/schema/manifest.ts';
import { isObjectOf, type Timeline, type TimelineItem, toTimeline } from '../../devmachine/timeline.ts';
import type { RequestClient } from '../client/transport.ts';
import { getMachine } from '../commands/apply.ts';
import type { MachineObject } from '../resources/devmachine.ts';
import { type Metadata, truncate } from '../resources/metadata.ts';
import { readPages } from './pages.ts';

/**
 * For each machine, the Helm operator reports which values of the chart the administrator has set, one event per value (reason
 * OverrideValuesInUse in operator-sdk's helm controller). They are not about the machine, and would be most of its timeline.
 */
const LEFT_OUT = 'OverrideValuesInUse';

/** Events have no index by object, so those of the whole namespace are read. */
export async function readTimeline(
  client: RequestClient,
  key: MachineKey,
  signal: AbortSignal,
): Promise<Timeline> {
  const machine = await getMachine(client, key, signal);
  if (!machine) throw machineNotFound(key);
  const items = specChanges(machine);
  const keep = (events: readonly unknown[]) => {
    for (const event of events as readonly EventObject[]) {
      const { kind = '', name = '' } = event.involvedObject;
      if (event.reason === LEFT_OUT) continue;
      if (isObjectOf(key.name, { kind, name })) items.push(toItem(event, { kind, name }));
    }
  };
  const isAll = await readPages(client, `/api/v1/namespaces/${key.namespace}/events`, keep, signal);
  return toTimeline(items, isAll);
}

/**
 * An Event of the core group. Recorders of the group events.k8s.io leave `count` and the timestamps empty, and set `eventTime`
 * and, once it is repeated, `series`.
 */
interface EventObject {
  readonly metadata: Metadata;
  readonly involvedObject: { readonly kind?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string | null } | null;
}

function toItem(event: EventObject, object: TimelineItem['object']): TimelineItem {
  const { metadata, type = 'Normal', reason = '', message, count, series } = event;
  const { firstTimestamp, lastTimestamp, eventTime } = event;
  const time = firstTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return {
    time,
    lastTime: series?.lastObservedTime ?? lastTimestamp ?? time,
    count: Math.max(series?.count ?? 0, count ?? 0, 1),
    type,
    reason,
    message: truncate(message),
    object,
  };
}

/** One item for each field manager with a field of the spec: when it last changed a field of its own. */
function specChanges({ metadata: { name, managedFields = [] } }: MachineObject): TimelineItem[] {
  const times = new Map<string, string>();
  for (const { manager = 'unknown', time, fieldsV1 } of managedFields) {
    if (time === undefined || !isObject(fieldsV1) || !('f:spec' in fieldsV1)) continue;
    const known = times.get(manager);
    if (known === undefined || time > known) times.set(manager, time);
  }
  return [...times].map(([manager, time]) => ({
    time,
    lastTime: time,
    count: 1,
    type: 'Normal',
    reason: 'SpecChanged',
    message: `The field manager ${manager} last changed the spec.`,
    object: { kind: KIND, name },
  }));
}
