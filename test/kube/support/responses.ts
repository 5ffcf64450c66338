import { Readable } from 'node:stream';
import type { KubeResponse, KubeStream } from '../../../src/kube/client/transport.ts';

export const response = (status: number, body: unknown, headers = {}): KubeResponse => ({
  status,
  headers,
  body,
});

export const failure = (status: number, headers = {}, details = {}): KubeResponse =>
  response(status, { kind: 'Status', code: status, message: `failed with ${status}`, ...details }, headers);

export const list = (version: number | string, ...items: object[]): KubeResponse =>
  response(200, { metadata: { resourceVersion: String(version) }, items });

export const event = (type: string, value: object): string => `${JSON.stringify({ type, object: value })}\n`;

export const bookmark = (version: number | string): string =>
  event('BOOKMARK', { metadata: { resourceVersion: String(version) } });

/** A watch that sends these lines and ends. */
export const ended = (...lines: string[]): KubeStream => stream(200, {}, Readable.from(lines.map(bytes)));

/** A watch that sends these lines and stays open. */
export function open(...lines: string[]): KubeStream {
  const body = new Readable({ read() {} });
  for (const line of lines) body.push(line);
  return stream(200, {}, body);
}

/** A watch that sends these lines, and whose connection then fails with `error`. */
export function broken(error: Error, ...lines: string[]): KubeStream {
  async function* chunks() {
    for (const line of lines) yield bytes(line);
    throw error;
  }
  return stream(200, {}, Readable.from(chunks()));
}

/** A watch that the API server refuses with this response. */
export const refused = ({ status, headers, body }: KubeResponse): KubeStream =>
  stream(status, headers, Readable.from([bytes(JSON.stringify(body))]));

const bytes = (text: string): Buffer => Buffer.from(text);

const stream = (status: number, headers: KubeResponse['headers'], body: Readable): KubeStream => ({
  status,
  headers,
  body,
});
