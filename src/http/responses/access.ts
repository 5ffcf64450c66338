import type { FastifyReply, FastifyRequest } from 'fastify';
import { DevMachineError } from '../../devmachine/errors.ts';
import { rightsOf } from '../plugins/route-access.ts';

/**
 * Calls `onLost` once the caller of a long-lived request is no longer known to have the right to it, until the response is
 * closed. The right is checked every `recheckMs`. A check that fails, such as while the cluster is unreachable, is repeated
 * once: a right that has not been confirmed for two intervals is lost.
 */
export function watchAccess(
  request: FastifyRequest,
  { raw }: FastifyReply,
  onLost: (why: DevMachineError) => void,
): void {
  const { caller } = request;
  const { recheckMs } = caller;
  if (recheckMs === undefined) return;
  let confirmedAt = performance.now();
  const check = async () => {
    const startedAt = performance.now();
    // Timers are late at times, but never by half an interval.
    if (startedAt - confirmedAt > 1.5 * recheckMs) return lose(unconfirmed());
    try {
      for (const right of rightsOf(request)) await caller.authorize(right);
      confirmedAt = startedAt;
    } catch (error) {
      if (error instanceof DevMachineError && REFUSALS.has(error.code)) lose(error);
    }
  };
  const timer = setInterval(() => void check(), recheckMs);
  raw.once('close', () => clearInterval(timer));

  let lost = false;
  function lose(why: DevMachineError): void {
    clearInterval(timer);
    if (!lost && !raw.destroyed) onLost(why);
    lost = true;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden']);

const unconfirmed = (): DevMachineError =>
  new DevMachineError(
    'cluster-unavailable',
    'The cluster did not confirm that the caller may still read this.',
    {
      retryAfterSeconds: 5,
    },
  );
