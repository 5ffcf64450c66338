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

/** Where a stream begins. */
export interface StreamStart {
  /** The whole picture, where the reader does not resume. */
  readonly snapshot: readonly StatusDocument[] | undefined;
  /** Whether the reader has a picture that no longer holds. */
  readonly reset: boolean;
  /** The number of the event after which it goes on. */
  readonly after: number;
}

/**
 * One event stream. It sends as much as the connection takes, and then waits until that has gone out:
 *
 *     beginning ──▶ events of the log up to the present ──▶ synced ──▶ every event from then on
 *
 * Of what it has yet to send it keeps nothing but its place in the log (and, for a while, the picture of the beginning).
 * When it lags, it sends the newest event of each machine only; what the log has dropped by then, it cannot send: it
 * ends, and the client comes back for a new picture.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #log: EventLog;
  readonly #covers: (key: MachineKey) => boolean;
  readonly #beginning: Iterator<Buffer, undefined>;
  readonly #syncedAt: number;
  readonly #onDrop: (why: string) => void;
  #last: number;
  #synced = false;
  /** The reader has been told that what it knows may be out of date. */
  #stale = false;
  /** Since when the connection takes in nothing more; undefined: it does. */
  #stuckSince: number | undefined;

  constructor(
    response: ServerResponse,
    log: EventLog,
    beginning: StreamStart,
    covers: (key: MachineKey) => boolean,
    onDrop: (why: string) => void,
  ) {
    this.#response = response;
    this.#log = log;
    this.#covers = covers;
    this.#beginning = startFrames(beginning);
    this.#last = beginning.after;
    this.#syncedAt = log.last;
    this.#onDrop = onDrop;
    response.on('drain', () => {
      this.#stuckSince = undefined;
      this.send({ newestOnly: true });
    });
  }

  /** Sends what there is to send. */
  send({ newestOnly }: { newestOnly: boolean } = { newestOnly: false }): void {
    while (this.#takes()) {
      const frame = this.#next(newestOnly);
      if (!frame) return;
      if (!this.#response.write(frame)) this.#stuckSince = performance.now();
    }
  }

  /**
   * Once in a while: tells the client that the stream is alive, or since when nothing is known of the cluster; and ends a
   * stream that is stuck for too long.
   */
  beat(mostStuckMs: number, staleSince: string | undefined): void {
    if (this.#stuckSince !== undefined) {
      if (performance.now() - this.#stuckSince > mostStuckMs) this.#drop('it takes in nothing');
    } else if (this.#takes() && this.#last === this.#log.last) {
      if (!this.#response.write(this.#beatFrame(staleSince))) this.#stuckSince = performance.now();
    }
  }

  #beatFrame(staleSince: string | undefined): Buffer {
    const id = this.#log.idOf(this.#last);
    const wasStale = this.#stale;
    this.#stale = staleSince !== undefined;
    if (staleSince !== undefined) return staleFrame(id, staleSince);
    return wasStale ? freshFrame(id) : heartbeatFrame(id);
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }

  #takes(): boolean {
    return this.#stuckSince === undefined && !this.#response.destroyed && !this.#response.writableEnded;
  }

  #next(newestOnly: boolean): Buffer | undefined {
    const { done, value } = this.#beginning.next();
    if (!done) return value;
    for (;;) {
      if (!this.#synced && this.#last >= this.#syncedAt) {
        this.#synced = true;
        return syncedFrame(this.#log.idOf(this.#last));
      }
      if (this.#last === this.#log.last) return undefined;
      const event = this.#log.get(this.#last + 1);
      if (!event) return this.#drop('it lags too far behind');
      this.#last++;
      if (this.#covers(event.key) && !(newestOnly && event.superseded)) return event.frame;
    }
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
