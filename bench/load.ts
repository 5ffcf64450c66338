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

const SECONDS = 5;
const WARM_UP_SECONDS = 2;
export const CONNECTIONS = 64;

/** Reads statuses at the highest rate that the server reaches. */
export async function loadReads({ url, pid }: Server, machines: number): Promise<ReadMeasurements> {
  const before = cpuSeconds(pid);
  const measured = await runProgram<Omit<ReadMeasurements, 'serverBusy'>>('reads', LOAD, {
    url,
    machines,
    connections: CONNECTIONS,
    seconds: SECONDS,
    warmUpSeconds: WARM_UP_SECONDS,
  });
  return { ...measured, serverBusy: (cpuSeconds(pid) - before) / (SECONDS + WARM_UP_SECONDS) };
}
