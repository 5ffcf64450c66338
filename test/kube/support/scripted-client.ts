import { addAbortSignal } from 'node:stream';
import type {
  KubeClient,
  KubeRequest,
  KubeResponse,
  KubeStream,
} from '../../../src/kube/client/transport.ts';

type Result<T> = T | Error | (() => T);
export type Step = { readonly list: Result<KubeResponse> } | { readonly watch: Result<KubeStream> };

/** A client that responds with the next step of a script. A request after the last step stays pending until it is aborted. */
export interface ScriptedClient extends KubeClient {
  readonly requests: KubeRequest[];
  /** Resolves at the first request after the last step; rejects if a request does not match its step. */
  readonly finished: Promise<void>;
}

export function scriptedClient(...steps: Step[]): ScriptedClient {
  const requests: KubeRequest[] = [];
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  finished.catch(() => undefined);

  async function take<T>(kind: 'list' | 'watch', request: KubeRequest): Promise<T> {
    request.signal.throwIfAborted();
    requests.push(request);
    const step = steps.shift() as Record<string, Result<T>> | undefined;
    const result = step?.[kind];
    if (result instanceof Error) throw result;
    if (result !== undefined) return result instanceof Function ? result() : result;
    if (step) reject(new Error(`request ${requests.length} is a ${kind}`));
    else resolve();
    return new Promise((_, abort) => {
      request.signal.addEventListener('abort', () => abort(request.signal.reason), { once: true });
    });
  }

  return {
    requests,
    finished,
    request: (request) => take<KubeResponse>('list', request),
    async stream(request) {
      const stream = await take<KubeStream>('watch', request);
      addAbortSignal(request.signal, stream.body);
      return stream;
    },
  };
}
