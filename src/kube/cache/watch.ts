import { asStatus, hasCause, type Status, toDomainError } from '../client/api-errors.ts';
import type { Clock } from '../client/clock.ts';
import type { KubeClient, KubeResponse } from '../client/transport.ts';
import { readLines } from './line-reader.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: { readonly metadata: { readonly resourceVersion: string } };
}

/** The API server cannot continue from the requested version: list again. */
export class ExpiredError extends Error {}

/** The API server ends a watch after a random time in this range, as client-go asks for. */
const MIN_SECONDS = 240;
const MAX_SECONDS = 480;

export interface WatchOptions {
  readonly client: KubeClient;
  /** The collection, such as /apis/…/devmachines. */
  readonly path: string;
  /** labelSelector and fieldSelector; without them, the whole collection. */
  readonly selectors?: Readonly<Record<string, string>> | undefined;
  /** Events after this version are sent. */
  readonly resourceVersion: string;
  /** How long the watch may send nothing, in ms. */
  readonly silenceMs: number;
  /** The API server has accepted the watch. */
  readonly onOpen?: () => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Yields events until the server ends the watch, or sends nothing for `silenceMs`. Silence is no failure, because a quiet
 * collection may send nothing for minutes: the caller opens a new watch from the same version. Throws ExpiredError or a
 * DevMachineError.
 */
export async function* watch(options: WatchOptions): AsyncGenerator<WatchEvent> {
  const { client, path, selectors, resourceVersion, silenceMs, onOpen, clock, signal } = options;
  const seconds = Math.round(MIN_SECONDS + clock.random() * (MAX_SECONDS - MIN_SECONDS));
  const query = {
    ...selectors,
    watch: 'true',
    resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
  };
  const { status, headers, body } = await client.stream({ path, query, signal });
  const silence = setTimeout(() => body.destroy(), silenceMs);
  try {
    if (status !== 200) {
      const text = Buffer.concat(await body.toArray()).toString('utf8');
      throw toWatchError({ status, headers, body: parse(text) ?? text });
    }
    onOpen?.();
    for await (const line of readLines(body)) {
      silence.refresh();
      const event = parse(line);
      if (!isEvent(event)) throw new Error('the watch sent a line that is not an event');
      if (event.type === 'ERROR') {
        const object = asStatus(event.object);
        throw toWatchError({ status: object?.code ?? 500, headers: {}, body: event.object });
      }
      yield event as WatchEvent;
    }
  } catch (error) {
    // A broken connection ends the watch like a regular end: the next one continues from the same version.
    if (!isStreamEnd(error)) throw error;
  } finally {
    clearTimeout(silence);
    body.destroy();
  }
}

function toWatchError(response: KubeResponse): Error {
  const status: Status | undefined = asStatus(response.body);
  const expired = response.status === 410 || status?.reason === 'Expired' || status?.reason === 'Gone';
  // "Too large resource version": the cluster was restored from a backup.
  if (expired || response.status === 504 || hasCause(status, 'ResourceVersionTooLarge')) {
    return new ExpiredError(status?.message ?? `the watch was refused with ${response.status}`);
  }
  return toDomainError(response);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
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
  // undici's error for body.destroy().
  'UND_ERR_ABORTED',
  'EPIPE',
  'ETIMEDOUT',
]);

const isStreamEnd = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && STREAM_ENDS.has(error.code);
