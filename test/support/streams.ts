import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { TestContext } from 'node:test';

const TIMEOUT_MS = 60_000;

export interface StreamEvent {
  readonly event: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions check its type
  readonly data: any;
}

/** An event stream, read as an EventSource reads it. */
export interface Stream {
  readonly headers: IncomingHttpHeaders;
  readonly events: StreamEvent[];
  readonly comments: string[];
  readonly response: IncomingMessage;
  /** The Last-Event-ID with which an EventSource would reconnect. */
  lastId(): string;
  /** Resolves when `isSo` holds. Throws if the stream ends first, or after a minute. */
  until(isSo: (stream: Stream) => boolean): Promise<void>;
  /** Resolves when the stream has ended, on either side. */
  readonly ended: Promise<void>;
  close(): void;
}

export async function openStream(
  t: TestContext,
  url: string,
  query: Record<string, string> = {},
  lastId?: string,
  headers: Record<string, string> = {},
): Promise<Stream> {
  const sent: ClientRequest = request(`${url}/api/v1/devmachines/events?${new URLSearchParams(query)}`, {
    agent: false,
    headers: lastId === undefined ? headers : { ...headers, 'last-event-id': lastId },
  }).end();
  t.after(() => sent.destroy());
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  sent.on('error', () => undefined);
  if (response.statusCode !== 200) throw new Error(`the stream is refused: ${response.statusCode}`);
  return read(response);
}

function read(response: IncomingMessage): Stream {
  const events: StreamEvent[] = [];
  const comments: string[] = [];
  const wakers = new Set<() => void>();
  let lastId = '';
  let over = false;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const parse = parser(
    (fields) => {
      if (fields['id'] !== undefined) lastId = fields['id'];
      if (fields['data'] === undefined) return;
      events.push({ event: fields['event'] ?? 'message', id: lastId, data: JSON.parse(fields['data']) });
    },
    (comment) => comments.push(comment),
  );
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    parse(text);
    for (const wake of wakers) wake();
  });
  response.on('error', () => undefined);
  response.on('close', () => {
    over = true;
    resolve();
    for (const wake of wakers) wake();
  });
  const stream: Stream = {
    headers: response.headers,
    events,
    comments,
    response,
    lastId: () => lastId,
    ended,
    close: () => void response.destroy(),
    async until(isSo) {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      timeout.addEventListener('abort', () => {
        for (const wake of wakers) wake();
      });
      while (!isSo(stream)) {
        if (over) throw new Error('the stream has ended');
        if (timeout.aborted)
          throw new Error(`timed out after ${TIMEOUT_MS} ms, with ${events.length} events`);
        const { promise, resolve: wake } = Promise.withResolvers<void>();
        wakers.add(wake);
        await promise;
        wakers.delete(wake);
      }
    },
  };
  return stream;
}

/** Parses the part of the text/event-stream format that the API uses. */
function parser(onBlock: (fields: Record<string, string>) => void, onComment: (text: string) => void) {
  let rest = '';
  let fields: Record<string, string> = {};
  return (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line === '') {
        onBlock(fields);
        fields = {};
      } else if (name === '') onComment(value);
      else fields[name] = value;
    }
  };
}

/** The events with this name. */
export const ofKind = (stream: Stream, event: string): StreamEvent[] =>
  stream.events.filter((one) => one.event === event);

export const isSynced = (stream: Stream): boolean => ofKind(stream, 'synced').length > 0;

/** The generation of each machine, by uid, that a client has after these events. */
export function picture(events: readonly StreamEvent[]): Map<string, number> {
  const known = new Map<string, number>();
  for (const { event, data } of events) {
    if (event === 'reset') known.clear();
    else if (event === 'deleted') known.delete(data.uid);
    else if (event === 'status') known.set(data.uid, data.generation);
  }
  return known;
}
