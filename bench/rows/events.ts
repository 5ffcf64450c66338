import { startBackend } from '../backend.ts';
import { LOAD, SERVER } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram, startBroadcast } from '../programs.ts';
import { atMost, bytes, type Measured, ms } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { machinesOnly, type Row } from './row.ts';

const SIZES = [
  { readers: 1_000, updates: 100, mostMs: 20 },
  { readers: 10_000, updates: 20, mostMs: 50 },
];

interface Latencies {
  /** Milliseconds from the request that updates a machine; p99 over all updates and readers. */
  readonly readers: number;
  readonly watch: number;
  readonly bare: number;
}

/** The latency from an update to the readers of an event stream, against a watch of the API server; the memory of a stream. */
export const events: Row = {
  name: 'events',
  stages: [machinesOnly(10_000)],
  async measure({ cluster, rounds, profileDir, progress }) {
    const { kubeconfig } = cluster.controlPlane;
    const results: Measured[] = [];
    for (const { readers, updates, mostMs } of SIZES) {
      const backend = await startBackend(kubeconfig, profileFlags(profileDir, `events-${readers}`));
      const bare = await startBroadcast(SERVER);
      const perStream: number[] = [];
      const measure = async () => {
        const before = await backend.heldBytes();
        const input = { url: backend.url, bareUrl: bare.url, kubeconfig, readers, updates };
        return runProgram<Latencies>('events', LOAD, input, async () => {
          perStream.push(((await backend.heldBytes()) - before) / readers);
        });
      };
      const [latencies = []] = await inRounds(rounds, [measure]);
      await backend.stop();
      await bare.stop();
      progress(
        latencies
          .map((one) => `${one.readers.toFixed(2)} / ${one.watch.toFixed(2)} ms, bare ${one.bare.toFixed(2)}`)
          .join(' | '),
      );
      const title = `${readers.toLocaleString('en')} readers`;
      results.push(
        {
          title: `update to event, p99 of ${title}`,
          ours: latencies.map((one) => one.readers),
          ceiling: latencies.map(({ watch }) => watch),
          format: ms,
          compare: 'difference',
          target: atMost(mostMs, `+ ≤ ${mostMs} ms`),
        },
        {
          title: `the same after the watch has it, against a bare server's ${title}`,
          ours: latencies.map((one) => one.readers - one.watch),
          ceiling: latencies.map((one) => one.bare),
          format: ms,
        },
        {
          title: `bytes in memory per stream, ${title}`,
          ours: perStream,
          format: bytes,
          target: atMost(20_000, '≤ 20 kB'),
        },
      );
    }
    return results;
  },
};
