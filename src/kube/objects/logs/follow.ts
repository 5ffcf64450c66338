import type { Readable } from 'node:stream';
import { DevMachineError } from '../../../devmachine/errors.ts';
import type { LogOptions } from '../../../devmachine/logs.ts';
import type { Streams } from '../../calls.ts';
import type { PodContainer } from '../containers.ts';
import { type ContainerSource, nextChange, type Observation } from './changes.ts';
import { LogCursor } from './cursor.ts';
import { type LogQuery, openLog, queryOf } from './read.ts';

/** How long to wait before a log is requested again that ended although its container seems to run. */
const RETRY_MS = { first: 500, most: 5_000 };

/**
 * Follows the log of a container. Resolves when the log is open, or the container has yet to start; then:
 *
 *     log ──ends──▶ what happened? ──container restarted──▶ rest of the previous log ──▶ notice ──▶ log
 *                    │  ▲      ├────pod replaced──▶ notice ──▶ log of the new pod
 *                    └──┘      ├────connection lost──▶ log, from where it was left
 *                  nothing yet └────machine stopped or deleted, access lost──▶ notice
 */
export async function followLog(
  streams: Streams,
  container: PodContainer,
  source: ContainerSource,
  options: LogOptions,
): Promise<AsyncIterable<Buffer>> {
  const follower = new LogFollower(streams, container, source, options);
  return follower.lines(await follower.open());
}

class LogFollower {
  readonly #streams: Streams;
  readonly #source: ContainerSource;
  readonly #options: LogOptions;
  /** The container whose log is read, as it was when that began. */
  #container: PodContainer;
  #cursor = new LogCursor();
  /** The query that requests the log until its first line has come. */
  #query: LogQuery;
  #retryMs = RETRY_MS.first;

  constructor(streams: Streams, container: PodContainer, source: ContainerSource, options: LogOptions) {
    this.#streams = streams;
    this.#container = container;
    this.#source = source;
    this.#options = options;
    this.#query = queryOf(options);
  }

  async *lines(first: Log | undefined): AsyncGenerator<Buffer> {
    const { signal } = this.#options;
    try {
      for (let log = first; ; log = await this.#reopen()) {
        if (log) yield* this.#read(log);
        const end = yield* this.#next(log === undefined);
        if (end !== undefined) return yield notice(end);
      }
    } catch (error) {
      const why = signal.aborted ? signal.reason : error;
      if (!(why instanceof DevMachineError)) throw why;
      yield notice(`log ended: ${why.message}`);
    }
  }

  /** undefined: the container has not started. */
  async open(query: LogQuery = {}): Promise<Log | undefined> {
    const abort = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, abort.signal]);
    const since = this.#cursor.restart() ?? this.#query;
    const all = { follow: 'true', timestamps: 'true', ...since, ...query };
    const body = await openLog(this.#streams, this.#container, all, signal);
    return body && { body, abort };
  }

  /** As `open`, but the cluster or the kubelet may be away for a while. */
  async #reopen(query?: LogQuery): Promise<Log | undefined> {
    try {
      return await this.open(query);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (isRefused(error)) throw error;
      return undefined;
    }
  }

  /** The new lines, until the log ends, its connection is lost, or it is clear that nothing more will come. */
  async *#read({ body, abort }: Log): AsyncGenerator<Buffer> {
    const unsubscribe = this.#source.onChange(() => {
      if (this.#isOver(this.#source.known())) abort.abort();
    });
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        const lines = this.#cursor.take(chunk);
        if (lines.length > 0) yield lines;
        this.#retryMs = RETRY_MS.first;
      }
      yield this.#cursor.end();
    } catch {
      this.#options.signal.throwIfAborted();
    } finally {
      unsubscribe();
      body.destroy();
    }
  }

  #isOver({ end, container }: Observation): boolean {
    const isReplaced = container !== undefined && container.pod.uid !== this.#container.pod.uid;
    return end !== undefined || (isReplaced && container.state === 'running');
  }

  /** Waits until there is a log to read. Returns why there will be none. */
  async *#next(hasNone: boolean): AsyncGenerator<Buffer, string | undefined> {
    for (let waited = false; ; waited = true) {
      const { end, container } = await this.#source.look();
      if (end !== undefined) return end;
      if (container && (yield* this.#begin(container))) return undefined;
      if (container && isCompleted(container)) return `container ended: ${howItEnded(container)}`;
      // The container may have ended, and its status is late; or a connection was lost.
      const mayHaveLog = hasNone || container?.state === 'running';
      if (waited && mayHaveLog) return undefined;
      await this.#wait();
    }
  }

  async #wait(): Promise<void> {
    const { signal } = this.#options;
    await nextChange(this.#source, this.#retryMs, signal);
    signal.throwIfAborted();
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MS.most);
  }

  /** Turns to `container` if it is another pod's, or was started anew. Returns whether it is. */
  async *#begin(container: PodContainer): AsyncGenerator<Buffer, boolean> {
    const { pod, restarts } = this.#container;
    if (container.pod.uid !== pod.uid) {
      yield notice(`pod replaced: ${pod.name} by ${container.pod.name}`);
      // Its node has another clock.
      this.#cursor = new LogCursor();
    } else if (container.restarts > restarts) {
      yield* this.#readPrevious();
      yield notice(`container restarted: ${howItEnded(container.lastTermination)}`);
    } else return false;
    this.#container = container;
    this.#query = {};
    this.#retryMs = RETRY_MS.first;
    return true;
  }

  /** What the container wrote at its end, if the connection was lost before. */
  async *#readPrevious(): AsyncGenerator<Buffer> {
    const previous = await this.#reopen({ follow: 'false', previous: 'true' });
    if (previous) yield* this.#read(previous);
  }
}

interface Log {
  readonly body: Readable;
  readonly abort: AbortController;
}

const notice = (text: string): Buffer => Buffer.from(`--- ${text} ---\n`);

const howItEnded = (ended: { readonly reason: string; readonly exitCode: number } | undefined): string =>
  ended ? `${ended.reason || 'Unknown'}, exit ${ended.exitCode}` : 'Unknown, exit unknown';

/** An init container that has done its work is not started again in this pod. */
const isCompleted = ({ init, sidecar, state, exitCode }: PodContainer): boolean =>
  init && !sidecar && state === 'terminated' && exitCode === 0;

const REFUSALS: ReadonlySet<string> = new Set(['forbidden', 'unauthenticated']);

const isRefused = (error: unknown): boolean => error instanceof DevMachineError && REFUSALS.has(error.code);
