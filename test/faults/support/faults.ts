import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../../src/kube/cache/line-reader.ts';
import type { Exchange } from './exchange.ts';

export interface Fault {
  /** Answers in the cluster's place; without it the cluster is asked. */
  readonly answer?: (exchange: Exchange) => void;
  /** What happens before the cluster is asked. */
  readonly before?: () => Promise<void>;
  /** What becomes of the bytes of the cluster's answer. */
  readonly pass?: (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
}

/** A meta/v1 Status, as the API server would say no. */
export const status = (code: number, reason: string, message: string, details: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
});

export const TOO_OLD = status(410, 'Expired', 'too old resource version: 1 (2)');

export const answers = (
  code: number,
  body: object | string,
  headers: Record<string, string> = {},
): Fault => ({
  answer: ({ request, response }) => {
    request.resume();
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'text/html' : 'application/json';
    response.writeHead(code, { 'content-type': type, ...headers }).end(text);
  },
});

/** 200, and the end, before anything is said. */
export const closesAtOnce: Fault = {
  answer: ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(),
};

export const resets: Fault = { answer: (exchange) => exchange.reset() };

/** Accepts, and never says a word. */
export const blackHole: Fault = { answer: () => undefined };

export const slow = (bytesPerSecond: number): Fault => ({
  async *pass(bytes) {
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
  async *pass(bytes) {
    for await (const chunk of bytes) for (const byte of chunk) yield Buffer.of(byte);
  },
};

/** Cuts before every byte for which `here` holds: a newline, or one inside a UTF-8 character. */
export const splitBefore = (here: (byte: number) => boolean): Fault => ({
  async *pass(bytes) {
    for await (const chunk of bytes) {
      let start = 0;
      for (let end = 1; end <= chunk.length; end++) {
        if (end < chunk.length && !here(chunk[end] ?? 0)) continue;
        yield chunk.subarray(start, end);
        start = end;
        // Else the two pieces leave in one write.
        await sleep(0);
      }
    }
  },
});

export const isInsideCharacter = (byte: number): boolean => (byte & 0xc0) === 0x80;

type Line = string;

/** For watches: what each line becomes, after those before it. */
export const perLine = (become: (line: Line, before: readonly Line[]) => readonly Line[]): Fault => ({
  async *pass(bytes) {
    const before: Line[] = [];
    for await (const line of readLines(bytes)) {
      for (const said of become(line, before)) yield toBytes(said);
      before.push(line);
    }
  },
});

export const isBookmark = (line: Line): boolean => line.startsWith('{"type":"BOOKMARK"');

export const swallowsBookmarks = perLine((line) => (isBookmark(line) ? [] : [line]));
export const saysTwice = perLine((line) => [line, line]);
/** Every event is followed by all that came before it, the newest first. */
export const repeatsThePast = perLine((line, before) => [line, ...before.toReversed()]);

/** Says these lines before anything that the cluster says, which goes on after them. */
export const saysFirst = (...lines: readonly Line[]): Fault => ({
  async *pass(bytes) {
    for (const line of lines) yield toBytes(line);
    yield* bytes;
  },
});

export const errorEvent = (object: object): Line => JSON.stringify({ type: 'ERROR', object });

const toBytes = (line: Line): Buffer => Buffer.from(`${line}\n`);
