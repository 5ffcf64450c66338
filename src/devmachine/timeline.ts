import { diskName } from './status/dependents.ts';

/** Something that happened to a machine, perhaps several times. */
export interface TimelineItem {
  /** When it happened first (RFC 3339). */
  readonly time: string;
  /** When it happened last. */
  readonly lastTime: string;
  readonly count: number;
  /** Normal or Warning. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly object: ObjectName;
}

export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

export interface Timeline {
  readonly items: readonly TimelineItem[];
  /** Whether there is more: too many items, or too many events in the namespace. */
  readonly incomplete: boolean;
}

const MAX_ITEMS = 500;

/** Merges equal items. Keeps the newest, and sorts them, the oldest first. */
export function toTimeline(items: Iterable<TimelineItem>, isAll: boolean): Timeline {
  const merged = new Map<string, TimelineItem>();
  for (const item of items) {
    const { type, reason, message, object } = item;
    const key = JSON.stringify([object.kind, object.name, type, reason, message]);
    const same = merged.get(key);
    merged.set(key, same ? merge(same, item) : item);
  }
  const newest = [...merged.values()].sort(by('lastTime')).slice(-MAX_ITEMS);
  return { items: newest.sort(by('time')), incomplete: !isAll || merged.size > MAX_ITEMS };
}

const merge = (one: TimelineItem, other: TimelineItem): TimelineItem => ({
  ...one,
  time: by('time')(one, other) <= 0 ? one.time : other.time,
  lastTime: by('lastTime')(one, other) >= 0 ? one.lastTime : other.lastTime,
  count: one.count + other.count,
});

/** The times have different precisions, so their texts cannot be compared. */
const by = (field: 'time' | 'lastTime') => (one: TimelineItem, other: TimelineItem) =>
  Date.parse(one[field]) - Date.parse(other[field]);

/** Kinds of which a machine has one object, with its own name. */
const NAMESAKES: ReadonlySet<string> = new Set(['DevMachine', 'Deployment', 'Ingress', 'Service']);

/**
 * Whether an object belongs to the machine of this name, now or earlier. Events outlive their objects, so only the name is
 * left: the chart and the controllers of Kubernetes derive it from the machine's. Objects of the machine `a-b` do not belong to
 * the machine `a`.
 */
export function isObjectOf(machine: string, { kind, name }: ObjectName): boolean {
  if (NAMESAKES.has(kind)) return name === machine;
  if (!name.startsWith(`${machine}-`)) return false;
  const rest = name.slice(machine.length + 1);
  switch (kind) {
    case 'Pod':
      // A long name is cut off before the suffix, and so may have no dash there.
      return POD.test(rest) || (name.length === MAX_POD_NAME && CUT_POD.test(rest));
    case 'ReplicaSet':
      return REPLICA_SET.test(rest);
    case 'PersistentVolumeClaim':
      return name === diskName(machine) || MOUNT.test(rest);
    case 'Certificate':
      return rest === 'tls';
    default:
      return false;
  }
}

/** The hash of a pod template: ten decimal digits, written with these characters (k8s.io/apimachinery, SafeEncodeString). */
const HASH = '[4-9bcdf]{1,10}';
/** The suffix of a generated name (k8s.io/apiserver, names.SimpleNameGenerator). */
const SUFFIX = '[2456789bcdfghjklmnpqrstvwxz]{5}';
const REPLICA_SET = new RegExp(`^${HASH}$`);
const POD = new RegExp(`^${HASH}-${SUFFIX}$`);
const CUT_POD = new RegExp(`^${HASH}${SUFFIX}$`);
const MAX_POD_NAME = 63;
/** The claims of mounts (`devmachine.mountClaim` in the chart's _volumes.tpl). */
const MOUNT = /^m-[0-9a-f]{12}$/;
