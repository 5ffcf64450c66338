import type { ServerResponse } from 'node:http';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { StatusDocument } from '../../devmachine/status/status-document.ts';
import type { EventLog } from './event-log.ts';
import {
  freshFrame,
  heartbeatFrame,
  RESET_FRAME,
  retryFrame,
  snapshotFrame,
  staleFrame,
  syncedFrame,
} from './frames.ts';

/** Where a stream starts. */
export interface StreamStart {
  /** All documents; undefined if the stream resumes. */
  readonly snapshot: readonly StatusDocument[] | undefined;
  /** Whether the client has documents that the snapshot replaces. */
  readonly reset: boolean;
  /** The number of the last event before the stream. */
  readonly after: number;
}

export interface Heartbeat {
  /** Since when the cache is stale; undefined if it is fresh. */
  readonly staleSince: string | undefined;
  /** How long a client may take to read what was written. */
  readonly stallTimeoutMs: number;
}

/**
 * One event stream. It writes until the connection's buffer is full, and continues when it has drained:
 *
 *     snapshot ──▶ logged events up to now ──▶ synced ──▶ every event from then on
 *
 * It keeps no queue, only its position in the log and, at the start, the snapshot. A stream that lags behind skips the
 * events that a newer one of the same machine supersedes. If the log has dropped the next event, the connection is closed,
 * and the client reconnects for a new snapshot.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #log: EventLog;
  readonly #matches: (key: MachineKey) => boolean;
  readonly #startFrames: Iterator<Buffer, undefined>;
  /** `synced` is sent once the stream has reached this event. */
  readonly #syncedAt: number;
  readonly #onDrop: (why: string) => void;
  /** The number of the last event that was sent or skipped. */
  #position: number;
  #synced = false;
  /** Whether the client has been told that the cache is stale. */
  #stale = false;
  /** Since when the connection's buffer is full; undefined if it is not. */
  #blockedSince: number | undefined;

  constructor(
    response: ServerResponse,
    log: EventLog,
    start: StreamStart,
    matches: (key: MachineKey) => boolean,
    onDrop: (why: string) => void,
  ) {
    this.#response = response;
    this.#log = log;
    this.#matches = matches;
    this.#startFrames = startFrames(start);
    this.#position = start.after;
    this.#syncedAt = log.last;
    this.#onDrop = onDrop;
    response.on('drain', () => {
      this.#blockedSince = undefined;
      this.send({ newestOnly: true });
    });
  }

  /** Writes until everything is sent or the buffer is full. `newestOnly` skips superseded events. */
  send({ newestOnly }: { newestOnly: boolean } = { newestOnly: false }): void {
    while (this.#isWritable()) {
      const frame = this.#nextFrame(newestOnly);
      if (!frame) return;
      this.#write(frame);
    }
  }

  /** Writes a heartbeat if the stream is idle, and drops the stream if its client has not read for `stallTimeoutMs`. */
  sendHeartbeat({ staleSince, stallTimeoutMs }: Heartbeat): void {
    if (this.#blockedSince !== undefined) {
      if (performance.now() - this.#blockedSince > stallTimeoutMs) this.#drop('the client does not read');
    } else if (this.#isWritable() && this.#position === this.#log.last) {
      this.#write(this.#heartbeatFrame(staleSince));
    }
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }

  #isWritable(): boolean {
    return this.#blockedSince === undefined && !this.#response.destroyed && !this.#response.writableEnded;
  }

  #write(frame: Buffer): void {
    if (!this.#response.write(frame)) this.#blockedSince = performance.now();
  }

  #nextFrame(newestOnly: boolean): Buffer | undefined {
    const { done, value } = this.#startFrames.next();
    if (!done) return value;
    for (;;) {
      if (!this.#synced && this.#position >= this.#syncedAt) {
        this.#synced = true;
        return syncedFrame(this.#log.idOf(this.#position));
      }
      if (this.#position === this.#log.last) return undefined;
      const event = this.#log.get(this.#position + 1);
      if (!event) return this.#drop('the stream has fallen behind the event log');
      this.#position++;
      if (this.#matches(event.key) && !(newestOnly && event.superseded)) return event.frame;
    }
  }

  #heartbeatFrame(staleSince: string | undefined): Buffer {
    const id = this.#log.idOf(this.#position);
    const wasStale = this.#stale;
    this.#stale = staleSince !== undefined;
    if (staleSince !== undefined) return staleFrame(id, staleSince);
    return wasStale ? freshFrame(id) : heartbeatFrame(id);
  }

  #drop(why: string): undefined {
    this.#onDrop(why);
    this.#response.destroy();
  }
}

function* startFrames({ snapshot, reset }: StreamStart): Generator<Buffer, undefined> {
  yield retryFrame();
  if (reset) yield RESET_FRAME;
  for (const document of snapshot ?? []) yield snapshotFrame(document);
  return undefined;
}
