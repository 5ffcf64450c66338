import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../../src/kube/cache/line-reader.ts';
import type { Exchange } from './exchange.ts';

export interface Fault {
  /** Responds in place of the API server; without it, the request is forwarded. */
  readonly respond?: (exchange: Exchange) => void;
  /** Awaited before the request is forwarded. */
  readonly before?: () => Promise<void>;
  /** Transforms the body of the API server's response. */
  readonly transform?: (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
}

/** A meta/v1 Status, with which the API server refuses a request. */
export const statusObject = (code: number, reason: string, message: string, details: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});

export const EXPIRED = statusObject(410, 'Expired', 'too old resource version: 1 (2)');

/** A text body is sent as HTML. */
export const responds = (
  code: number,
  body: object | string,
  headers: Record<string, string> = {},
): Fault => ({
  respond: ({ request, response }) => {
    request.resume();
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'text/html' : 'application/json';
    response.writeHead(code, { 'content-type': type, ...headers }).end(text);
  },
});

export const throttles = (retryAfterSeconds: number): Fault =>
  responds(429, statusObject(429, 'TooManyRequests', 'slow down'), {
    'retry-after': String(retryAfterSeconds),
  });

export const forbids = responds(403, statusObject(403, 'Forbidden', 'devmachines is forbidden'));

/** 200 with an empty body. */
export const closesImmediately: Fault = {
  respond: ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(),
};

export const resets: Fault = { respond: (exchange) => exchange.reset() };

/** Accepts the request and never responds. */
export const blackHole: Fault = { respond: () => undefined };

export const slow = (bytesPerSecond: number): Fault => ({
  async *transform(bytes) {
    const size = Math.max(1, Math.ceil(bytesPerSecond / 20));
    for await (const chunk of bytes) {
      for (let start = 0; start < chunk.length; start += size) {
        yield chunk.subarray(start, start + size);
        await sleep(50);
      }
    }
  },
});

export const byteByByte: Fault = {
  async *transform(bytes) {
    for await (const chunk of bytes) for (const byte of chunk) yield Buffer.of(byte);
  },
};

/** Splits the body before every byte for which `isSplit` holds, such as a newline. */
export const splitBefore = (isSplit: (byte: number) => boolean): Fault => ({
  async *transform(bytes) {
    for await (const chunk of bytes) {
      let start = 0;
      for (let end = 1; end <= chunk.length; end++) {
        if (end < chunk.length && !isSplit(chunk[end] ?? 0)) continue;
        yield chunk.subarray(start, end);
        start = end;
        // Otherwise both pieces would be sent in one write.
        await sleep(0);
      }
    }
  },
});

export const isInsideCharacter = (byte: number): boolean => (byte & 0xc0) === 0x80;

type Line = string;

/** For watches: replaces each line by the lines that `replace` returns. */
export const mapLines = (replace: (line: Line, previous: readonly Line[]) => readonly Line[]): Fault => ({
  async *transform(bytes) {
    const previous: Line[] = [];
    for await (const line of readLines(bytes)) {
      for (const replacement of replace(line, previous)) yield toBytes(replacement);
      previous.push(line);
    }
  },
});

export const isBookmark = (line: Line): boolean => line.startsWith('{"type":"BOOKMARK"');

export const dropsBookmarks = mapLines((line) => (isBookmark(line) ? [] : [line]));
export const repeatsEvents = mapLines((line) => [line, line]);
/** Sends all earlier events again after each event, the newest first. */
export const replaysEvents = mapLines((line, previous) => [line, ...previous.toReversed()]);

/** Sends these lines before the API server's. */
export const sendsFirst = (...lines: readonly Line[]): Fault => ({
  async *transform(bytes) {
    for (const line of lines) yield toBytes(line);
    yield* bytes;
  },
});

export const errorEvent = (object: object): Line => JSON.stringify({ type: 'ERROR', object });

const toBytes = (line: Line): Buffer => Buffer.from(`${line}\n`);
