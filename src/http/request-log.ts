import type { EndedRequest } from './requests.ts';

/** What takes longer is logged whatever it is. */
const SLOW_MS = 1_000;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * One line a request, when it is over: of everything that changes something, fails or takes long. Of the reads that
 * succeed, which cost less than a line about them, one in `readsEvery`; 0: none.
 */
export function logRequests(readsEvery: number): (ended: EndedRequest) => void {
  let reads = 0;
  const isPassedOver = ({ method, statusCode, ms }: EndedRequest): boolean => {
    if (statusCode >= 400 || ms >= SLOW_MS || !READS.has(method)) return false;
    reads++;
    return readsEvery === 0 || reads % readsEvery !== 0;
  };
  return (ended) => {
    if (isPassedOver(ended)) return;
    const { log, raw, method, statusCode, ms } = ended;
    log[statusCode >= 500 ? 'warn' : 'info'](
      {
        req: { method, url: raw.url, remoteAddress: raw.socket.remoteAddress },
        res: { statusCode },
        responseTime: Number(ms.toFixed(3)),
      },
      'request completed',
    );
  };
}
