import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DevMachineError, notReady } from '../../../devmachine/errors.ts';
import type { LogOptions } from '../../../devmachine/logs.ts';
import type { MachineStatus } from '../../../devmachine/status/status.ts';
import type { Streams } from '../../calls.ts';
import { asStatus } from '../../client/api-errors.ts';
import { type PodContainer, podPath } from '../containers.ts';
import { toConnectionError, toContainerError } from '../kubelet.ts';

export type LogQuery = Readonly<Record<string, string>>;

/** The query of the first request of a log. */
export const queryOf = ({ tailLines, sinceSeconds }: LogOptions): LogQuery => ({
  ...(tailLines !== undefined && { tailLines: String(tailLines) }),
  ...(sinceSeconds !== undefined && { sinceSeconds: String(sinceSeconds) }),
});

/** The log as it is now. */
export async function readLog(
  streams: Streams,
  container: PodContainer,
  status: MachineStatus,
  options: LogOptions,
): Promise<Readable> {
  const query = { ...queryOf(options), ...(options.previous && { previous: 'true' }) };
  const log = await openLog(streams, container, query, options.signal);
  if (log) return log;
  if (!options.previous) throw notReady(status, `${container.name} has not started.`);
  throw new DevMachineError(
    'container-not-found',
    `The container ${container.name} has no previous log: it has not been restarted in this pod.`,
  );
}

/** Requests a log. undefined if the container has none, because it has not started, or has not been restarted (previous). */
export async function openLog(
  { stream }: Streams,
  container: PodContainer,
  query: LogQuery,
  signal: AbortSignal,
): Promise<Readable | undefined> {
  const request = {
    path: podPath(container, 'log'),
    query: { ...query, container: container.name },
    accept: '*/*',
    signal,
  };
  const { status, headers, body } = await stream(request).catch((error) => {
    throw toConnectionError(container, error);
  });
  // It may fail before anybody reads it.
  body.on('error', () => undefined);
  if (status === 200) return body;
  const response = { status, headers, body: parse(await buffer(body)) };
  const isAbsent = status === 400 && ABSENT.test(asStatus(response.body)?.message ?? '');
  if (isAbsent) return undefined;
  throw toContainerError(container, response);
}

/** The kubelet has no code for it: pkg/kubelet/kubelet_pods.go, validateContainerLogStatus. */
const ABSENT = /is waiting to start|previous terminated container "|is not available|is terminated/;

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return bytes.toString();
  }
}
