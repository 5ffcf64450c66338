import type { EventPart } from '../../devmachine/status/dependents.ts';
import { share } from './intern.ts';
import { cut, type Metadata, toPart } from './metadata.ts';

interface EventObject {
  readonly metadata: Metadata;
  readonly involvedObject: { readonly uid?: string; readonly fieldPath?: string };
  readonly reason?: string;
  readonly message?: string;
  readonly series?: { readonly lastObservedTime?: string | null } | null;
  readonly eventTime?: string | null;
  readonly lastTimestamp?: string | null;
}

export function toEventPart(object: unknown): EventPart {
  const {
    metadata,
    involvedObject,
    reason = '',
    message,
    series,
    eventTime,
    lastTimestamp,
  } = object as EventObject;
  const { machine: _, ...part } = toPart('Event', metadata);
  return {
    ...part,
    podUid: involvedObject.uid ?? '',
    reason: share(reason),
    message: cut(message),
    container: /\{(.+)\}$/.exec(involvedObject.fieldPath ?? '')?.[1],
    at: series?.lastObservedTime ?? eventTime ?? lastTimestamp ?? metadata.creationTimestamp,
  };
}
