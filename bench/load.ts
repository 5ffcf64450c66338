import { cpuSeconds } from './backend.ts';
import { LOAD } from './cores.ts';
import { runProgram, type Server } from './programs.ts';

export interface ReadMeasurements {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The share of its core that the load used. */
  readonly loadBusy: number;
  /** The share of its core that the server used. */
  readonly serverBusy: number;
}

export interface ListMeasurements {
  /** Milliseconds. */
  readonly p99: number;
  /** The CPU time of the server per list, in milliseconds. */
  readonly cpuMs: number;
}

const SECONDS = 5;
const WARM_UP_SECONDS = 2;
export const CONNECTIONS = 64;

/** Reads statuses at the highest rate that the server reaches. */
export async function loadReads(
  { url, pid }: Server,
  machines: number,
  authorization?: string,
): Promise<ReadMeasurements> {
  const before = cpuSeconds(pid);
  const measured = await runProgram<Omit<ReadMeasurements, 'serverBusy'>>('reads', LOAD, {
    url,
    machines,
    authorization,
    connections: CONNECTIONS,
    seconds: SECONDS,
    warmUpSeconds: WARM_UP_SECONDS,
  });
  return { ...measured, serverBusy: (cpuSeconds(pid) - before) / (SECONDS + WARM_UP_SECONDS) };
}

/** Requests a path at a fixed rate. */
export async function loadLists(
  { url, pid }: Server,
  path: string,
  perSecond: number,
): Promise<ListMeasurements> {
  const input = { url, path, perSecond, seconds: SECONDS, connections: CONNECTIONS };
  const before = cpuSeconds(pid);
  const { p99 } = await runProgram<{ p99: number }>('lists', LOAD, input);
  return { p99, cpuMs: (1_000 * (cpuSeconds(pid) - before)) / (perSecond * SECONDS) };
}
