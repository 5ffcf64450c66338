import { DevMachineError } from '../../devmachine/errors.ts';

/** Runs `work` with a signal that is aborted when `signal` is, or after `ms` milliseconds with cluster-timeout. */
export async function withDeadline<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(clusterTimeout()), ms);
  try {
    return await work(AbortSignal.any([signal, deadline.signal]));
  } finally {
    clearTimeout(timer);
  }
}

const clusterTimeout = (): DevMachineError =>
  new DevMachineError(
    'cluster-timeout',
    'The cluster did not answer in time. The request may still take effect; repeating it is safe.',
  );
