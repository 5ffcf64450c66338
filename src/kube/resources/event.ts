import type { PodEvent } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type Metadata, toDependent, truncate } from './metadata.ts';

interface EventObject {
  readonly metadata: Metadata;
  readonly involvedObject: { readonly uid?: string; readonly fieldPath?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly series?: { readonly lastObservedTime?: string | null } | null;
  readonly eventTime?: string | null;
  readonly lastTimestamp?: string | null;
}

export function toPodEvent(object: unknown, interner: Interner): PodEvent {
  const {
    metadata,
    involvedObject,
    reason = '',
    message,
    series,
    eventTime,
    lastTimestamp,
  } = object as EventObject;
  const { machine: _, ...part } = toDependent('Event', metadata, interner);
  return {
    ...part,
    podUid: involvedObject.uid ?? '',
    reason: interner.text(reason),
    message: truncate(message),
    container: /\{(.+)\}$/.exec(involvedObject.fieldPath ?? '')?.[1],
    lastSeen: series?.lastObservedTime ?? eventTime ?? lastTimestamp ?? metadata.creationTimestamp,
  };
}
