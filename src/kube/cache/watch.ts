import { asStatus, hasCause, type Status, toDomainError } from '../client/api-errors.ts';
import type { Clock } from '../client/backoff.ts';
import type { Connection, KubeResponse } from '../client/transport.ts';
import { readLines } from './line-reader.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: { readonly metadata: { readonly resourceVersion: string } };
}

/** The cluster no longer knows the version that the watch begins at: list again. */
export class ExpiredError extends Error {}

const SHORTEST_SECONDS = 240;
const LONGEST_SECONDS = 480;

export interface WatchOptions {
  readonly clock: Clock;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
  /** labelSelector, fieldSelector: what of it is watched. */
  readonly query?: Readonly<Record<string, string>>;
  /** The cluster has agreed to it. */
  readonly onOpen?: () => void;
}

/**
 * The events after `resourceVersion`, until the server ends the watch or is silent for `silenceMs`: a quiet resource may
 * send nothing for minutes, so silence is no failure, only a reason to make sure with a new watch from the same version.
 * Throws ExpiredError, or a DevMachineError.
 */
export async function* watch(
  connection: Connection,
  path: string,
  resourceVersion: string,
  { clock, silenceMs, signal, query: selectors, onOpen }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const seconds = Math.round(SHORTEST_SECONDS + clock.random() * (LONGEST_SECONDS - SHORTEST_SECONDS));
  const query = {
    ...selectors,
    watch: 'true',
    resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
  };
  const { status, headers, body } = await connection.stream({ path, query, signal });
  const silence = setTimeout(() => body.destroy(), silenceMs);
  try {
    if (status !== 200) {
      const text = Buffer.concat(await body.toArray()).toString('utf8');
      throw refusal({ status, headers, body: parse(text) ?? text });
    }
    onOpen?.();
    for await (const line of readLines(body)) {
      silence.refresh();
      const event = parse(line);
      if (!isEvent(event)) throw new Error('the watch sent a line that is no event');
      if (event.type === 'ERROR') {
        const object = asStatus(event.object);
        throw refusal({ status: object?.code ?? 500, headers: {}, body: event.object });
      }
      yield event as WatchEvent;
    }
  } catch (error) {
    // A connection that breaks ends the watch like any other end: the next one goes on from the same version.
    if (!isStreamEnd(error)) throw error;
  } finally {
    clearTimeout(silence);
    body.destroy();
  }
}

function refusal(reply: KubeResponse): Error {
  const status: Status | undefined = asStatus(reply.body);
  const expired = reply.status === 410 || status?.reason === 'Expired' || status?.reason === 'Gone';
  // "Too large resource version": the store behind the cluster was restored to an older state.
  if (expired || reply.status === 504 || hasCause(status, 'ResourceVersionTooLarge')) {
    return new ExpiredError(status?.message ?? `the watch was refused with ${reply.status}`);
  }
  return toDomainError(reply);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const TYPES = new Set<unknown>(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

const isEvent = (value: unknown): value is { type: string; object: object } =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  TYPES.has(value.type) &&
  'object' in value;

const STREAM_ENDS = new Set<unknown>([
  'ECONNRESET',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
  // What undici makes of our own body.destroy().
  'UND_ERR_ABORTED',
  'EPIPE',
  'ETIMEDOUT',
]);

const isStreamEnd = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && STREAM_ENDS.has(error.code);
