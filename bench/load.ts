import { cpuSeconds } from './backend.ts';
import { LOAD } from './cores.ts';
import { runProgram, type Server } from './programs.ts';

export interface ReadMeasurements {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** How much of its core the load itself has used. */
  readonly loadBusy: number;
  /** How much of its core the server has used. */
  readonly serverBusy: number;
}

const SECONDS = 5;
const WARM_UP_SECONDS = 2;
export const CONNECTIONS = 64;

/** Status reads, as many as the server can take. */
export async function loadReads({ url, pid }: Server, machines: number): Promise<ReadMeasurements> {
  const before = cpuSeconds(pid);
  const figures = await runProgram<Omit<ReadMeasurements, 'serverBusy'>>('reads', LOAD, {
    url,
    machines,
    connections: CONNECTIONS,
    seconds: SECONDS,
    warmUpSeconds: WARM_UP_SECONDS,
  });
  return { ...figures, serverBusy: (cpuSeconds(pid) - before) / (SECONDS + WARM_UP_SECONDS) };
}
