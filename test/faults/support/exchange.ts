import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A pulse is the small question whether the cluster is there (src/kube/pulse.ts). */
export type Kind = 'watch' | 'list' | 'pulse' | 'read' | 'write';

/** Which requests a fault meets; without a word, all. */
export interface Where {
  readonly kind?: Kind;
  /** What their path and query hold. */
  readonly path?: string;
}

export interface Asked {
  readonly kind: Kind;
  /** Path and query. */
  readonly url: string;
}

export const meets = (asked: Asked, { kind, path }: Where): boolean =>
  (kind === undefined || kind === asked.kind) && (path === undefined || asked.url.includes(path));

/** One request and its answer on their way through the proxy. */
export class Exchange implements Asked {
  readonly kind: Kind;
  readonly url: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Beneath TLS. */
  readonly raw: Socket;
  /** Ends with the client's connection, or with the answer. */
  readonly over = new AbortController();
  readonly #released = Promise.withResolvers<void>();
  #held = false;

  constructor(request: IncomingMessage, response: ServerResponse, raw: Socket) {
    this.request = request;
    this.response = response;
    this.raw = raw;
    this.url = request.url ?? '';
    this.kind = kindOf(request.method, this.url);
    response.once('close', () => this.over.abort());
    response.on('error', () => undefined);
    this.over.signal.addEventListener('abort', () => this.#released.resolve(), { once: true });
  }

  /** FIN in the middle, without an end of TLS or HTTP. */
  cut(): void {
    this.raw.end();
    this.raw.destroySoon();
    this.response.destroy();
  }

  /** RST. */
  reset(): void {
    this.raw.resetAndDestroy();
    this.response.destroy();
  }

  /** From now on nothing passes any more: the connection stays open, half of it dead. */
  hold(): void {
    this.#held = true;
  }

  /** What the cluster has said meanwhile comes late, but it comes. */
  release(): void {
    this.#held = false;
    this.#released.resolve();
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.#held) await this.#released.promise;
    if (this.over.signal.aborted || this.response.write(chunk)) return;
    const drained = Promise.withResolvers<void>();
    this.response.once('drain', drained.resolve);
    this.over.signal.addEventListener('abort', () => drained.resolve(), { once: true });
    await drained.promise;
  }
}

const kindOf = (method = 'GET', url: string): Kind => {
  if (method !== 'GET') return 'write';
  const { pathname, searchParams } = new URL(url, 'https://cluster');
  if (searchParams.get('watch') === 'true') return 'watch';
  if (searchParams.get('limit') === '1') return 'pulse';
  return COLLECTION.test(pathname) ? 'list' : 'read';
};

/** /api/v1/pods, /apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL, but no object. */
const COLLECTION = /^\/(api\/v1|apis\/[^/]+\/[^/]+)(\/namespaces\/[^/]+)?\/[^/]+$/;
