import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** `health` is the list request of src/kube/cache/health.ts. */
export type RequestKind = 'watch' | 'list' | 'health' | 'read' | 'write';

/** Selects requests; an empty filter selects all. */
export interface RequestFilter {
  readonly kind?: RequestKind;
  /** A substring of path and query. */
  readonly path?: string;
}

export const WATCHES = { kind: 'watch' } as const;
export const LISTS = { kind: 'list' } as const;
export const WRITES = { kind: 'write' } as const;

export interface ProxiedRequest {
  readonly kind: RequestKind;
  /** Path and query. */
  readonly url: string;
}

export const matches = (request: ProxiedRequest, { kind, path }: RequestFilter): boolean =>
  (kind === undefined || kind === request.kind) && (path === undefined || request.url.includes(path));

/** A request in flight through the proxy, and its response. */
export class Exchange implements ProxiedRequest {
  readonly kind: RequestKind;
  readonly url: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The socket below TLS. */
  readonly raw: Socket;
  /** Aborted when the response is complete, or the client's connection is closed. */
  readonly closed = new AbortController();
  readonly #released = Promise.withResolvers<void>();
  #held = false;

  constructor(request: IncomingMessage, response: ServerResponse, raw: Socket) {
    this.request = request;
    this.response = response;
    this.raw = raw;
    this.url = request.url ?? '';
    this.kind = kindOf(request.method, this.url);
    response.once('close', () => this.closed.abort());
    response.on('error', () => undefined);
    this.closed.signal.addEventListener('abort', () => this.#released.resolve(), { once: true });
  }

  /** Closes the connection (FIN), without the end of TLS or HTTP. */
  cut(): void {
    this.raw.end();
    this.raw.destroySoon();
    this.response.destroy();
    this.closed.abort();
  }

  /** Resets the connection (RST). */
  reset(): void {
    this.raw.resetAndDestroy();
    this.response.destroy();
    this.closed.abort();
  }

  /** Holds back the response from now on: the connection is half-open. */
  hold(): void {
    this.#held = true;
  }

  /** Sends what was held back. */
  release(): void {
    this.#held = false;
    this.#released.resolve();
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.#held) await this.#released.promise;
    if (this.closed.signal.aborted || this.response.write(chunk)) return;
    const drained = Promise.withResolvers<void>();
    this.response.once('drain', drained.resolve);
    this.closed.signal.addEventListener('abort', () => drained.resolve(), { once: true });
    await drained.promise;
  }
}

const kindOf = (method = 'GET', url: string): RequestKind => {
  if (method !== 'GET') return 'write';
  const { pathname, searchParams } = new URL(url, 'https://cluster');
  if (searchParams.get('watch') === 'true') return 'watch';
  if (searchParams.get('limit') === '1') return 'health';
  return COLLECTION.test(pathname) ? 'list' : 'read';
};

/** /api/v1/pods or /apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL, but not a single object. */
const COLLECTION = /^\/(api\/v1|apis\/[^/]+\/[^/]+)(\/namespaces\/[^/]+)?\/[^/]+$/;
