import type { StatusUpdate } from '../../devmachine/machines.ts';
import type { StatusDocument } from '../../devmachine/status/status-document.ts';

/** The text of an event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

const RETRY_MS = 2_000;

/**
 * The id of what is sent before the picture is whole. No stream can be resumed from it: whoever comes back with it gets
 * everything anew, after a `reset`.
 */
const UNFINISHED = 'unfinished';

/** `data` is one line: JSON has no others. */
const frame = (event: string, id: string, data: string): Buffer =>
  Buffer.from(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`);

/** How long to wait before coming back: at random, so that not all come at once when a replica ends. */
export const retryFrame = (): Buffer =>
  Buffer.from(`retry: ${RETRY_MS + Math.round(Math.random() * RETRY_MS)}\n\n`);

/** What the reader knows is out of date: the documents that follow replace it. */
export const RESET_FRAME = frame('reset', UNFINISHED, '{}');

export const syncedFrame = (id: string): Buffer => frame('synced', id, '{}');

/** The id without data is no event; it moves on the place from which the reader resumes. */
export const heartbeatFrame = (id: string): Buffer => Buffer.from(`: heartbeat\nid: ${id}\n\n`);

/** In the place of a heartbeat, while the cluster does not answer: what the reader knows may be out of date. */
export const staleFrame = (id: string, staleSince: string): Buffer =>
  frame('stale', id, JSON.stringify({ staleSince }));

/** The first beat after that. */
export const freshFrame = (id: string): Buffer => frame('fresh', id, '{}');

export function changeFrame({ type, document }: StatusUpdate, id: string): Buffer {
  if (type === 'changed') return frame('status', id, document.json);
  const { name, namespace, uid } = document;
  return frame('deleted', id, JSON.stringify({ name, namespace, uid }));
}

const snapshotFrames = new WeakMap<StatusDocument, Buffer>();

/** A document of the picture that a stream begins with; made once for all readers. */
export function snapshotFrame(document: StatusDocument): Buffer {
  const known = snapshotFrames.get(document);
  if (known) return known;
  const made = frame('status', UNFINISHED, document.json);
  snapshotFrames.set(document, made);
  return made;
}
