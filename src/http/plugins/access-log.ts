import type { OnEnd } from './request-lifecycle.ts';

/** What takes longer is logged whatever it is. */
const SLOW_MS = 1_000;

const READS = new Set<string | undefined>(['GET', 'HEAD', 'OPTIONS']);

/**
 * One line a request, when it is over: of everything that changes something, fails or takes long. Of the reads that
 * succeed, which cost less than a line about them, one in `readsEvery`; 0: none.
 */
export function logRequests(readsEvery: number): OnEnd {
  let reads = 0;
  return ({ raw, statusCode, ms, log }) => {
    if (statusCode < 400 && ms < SLOW_MS && READS.has(raw.method)) {
      reads++;
      if (readsEvery === 0 || reads % readsEvery !== 0) return;
    }
    log()[statusCode >= 500 ? 'warn' : 'info'](
      {
        req: { method: raw.method, url: raw.url, remoteAddress: raw.socket.remoteAddress },
        res: { statusCode },
        responseTime: Number(ms.toFixed(3)),
      },
      'request completed',
    );
  };
}
