import { KIND } from '../../devmachine/schema/manifest.ts';
import type { PodEvent, RefusalEvent } from '../../devmachine/status/dependents.ts';
import { SPEC_DIGEST_ANNOTATION } from '../../devmachine/status/spec-digest.ts';
import type { Interner } from './intern.ts';
import { type Metadata, toDependent, truncate } from './metadata.ts';

/** The reason of the events that the reporter (src/reporter) writes about machines. */
export const CHANGE_REFUSED = 'ChangeRefused';

interface EventObject {
  readonly metadata: Metadata;
  readonly involvedObject: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly fieldPath?: string;
  };
  readonly reason?: string;
  readonly message?: string;
  readonly series?: { readonly lastObservedTime?: string | null } | null;
  readonly eventTime?: string | null;
  readonly lastTimestamp?: string | null;
}

export function toEvent(object: unknown, interner: Interner): PodEvent | RefusalEvent {
  const event = object as EventObject;
  return event.involvedObject.kind === KIND ? toRefusalEvent(event, interner) : toPodEvent(event, interner);
}

function toRefusalEvent(
  { metadata, involvedObject, message }: EventObject,
  interner: Interner,
): RefusalEvent {
  const { kind, namespace, name, uid, resourceVersion, createdAt, deleting } = toDependent(
    'Event',
    metadata,
    interner,
  );
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion,
    machine: involvedObject.name ?? '',
    createdAt,
    deleting,
    machineUid: involvedObject.uid ?? '',
    message: truncate(message),
    specDigest: metadata.annotations?.[SPEC_DIGEST_ANNOTATION],
  };
}

function toPodEvent(
  { metadata, involvedObject, reason = '', message, series, eventTime, lastTimestamp }: EventObject,
  interner: Interner,
): PodEvent {
  const { machine: _, ...part } = toDependent('Event', metadata, interner);
  return {
    ...part,
    podUid: involvedObject.uid ?? '',
    reason: interner.text(reason),
    message: truncate(message),
    container: /^[^{]*\{(.+)\}$/.exec(involvedObject.fieldPath ?? '')?.[1],
    lastSeen: series?.lastObservedTime ?? eventTime ?? lastTimestamp ?? metadata.creationTimestamp,
  };
}
