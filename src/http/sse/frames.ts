import type { StatusUpdate } from '../../devmachine/machines.ts';
import type { StatusDocument } from '../../devmachine/status/status-document.ts';

/** The text/event-stream format (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

const RETRY_MS = 2_000;

/**
 * The event id of everything before `synced`. No stream can resume from it: a client that is disconnected before `synced`
 * receives a `reset` and all documents again.
 */
const UNFINISHED = 'unfinished';

/** `data` must be one line, which serialised JSON always is. */
const frame = (event: string, id: string, data: string): Buffer =>
  Buffer.from(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`);

/** Sets the reconnection time of the client, at random so that not all clients of a replica return at the same moment. */
export const retryFrame = (): Buffer =>
  Buffer.from(`retry: ${RETRY_MS + Math.round(Math.random() * RETRY_MS)}\n\n`);

/** Tells the client to discard what it has: the documents that follow replace it. */
export const RESET_FRAME = frame('reset', UNFINISHED, '{}');

/** Tells the client that it has caught up. */
export const syncedFrame = (id: string): Buffer => frame('synced', id, '{}');

/** A comment. The id without data is not an event, but advances the position from which the client resumes. */
export const heartbeatFrame = (id: string): Buffer => Buffer.from(`: heartbeat\nid: ${id}\n\n`);

/** Replaces the heartbeat while the API server is unreachable. */
export const staleFrame = (id: string, staleSince: string): Buffer =>
  frame('stale', id, JSON.stringify({ staleSince }));

/** Replaces the first heartbeat after that. */
export const freshFrame = (id: string): Buffer => frame('fresh', id, '{}');

export function updateFrame({ type, document }: StatusUpdate, id: string): Buffer {
  if (type === 'changed') return frame('status', id, document.json);
  const { name, namespace, uid } = document;
  return frame('deleted', id, JSON.stringify({ name, namespace, uid }));
}

/** A document of the snapshot at the start of a stream. Not kept, because all documents would then be in memory twice. */
export const snapshotFrame = ({ json }: StatusDocument): Buffer => frame('status', UNFINISHED, json);
