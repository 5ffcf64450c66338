import { startBackend } from '../backend.ts';
import { LOAD } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { inRounds, median } from '../statistics.ts';
import { ms } from './reads.ts';
import { machinesOnly, type Row } from './row.ts';

const READERS = 1_000;
const UPDATES = 100;

interface Latencies {
  /** Milliseconds from the request that updates a machine; p99 over all updates and readers. */
  readonly readers: number;
  readonly watch: number;
}

/** The latency from an update to the readers of an event stream, against a watch of the API server. */
export const events: Row = {
  name: 'events',
  stages: [machinesOnly(10_000)],
  async measure({ cluster, rounds, profileDir, progress }) {
    const { kubeconfig } = cluster.controlPlane;
    const backend = await startBackend(kubeconfig, profileFlags(profileDir, 'events'));
    const input = { url: backend.url, kubeconfig, readers: READERS, updates: UPDATES };
    const [latencies = []] = await inRounds(rounds, [() => runProgram<Latencies>('events', LOAD, input)]);
    await backend.stop();
    progress(
      latencies.map(({ readers, watch }) => `${readers.toFixed(2)} / ${watch.toFixed(2)} ms`).join(' | '),
    );
    const delay = median(latencies.map(({ readers, watch }) => readers - watch));
    return [
      {
        title: `update to event, p99 of ${READERS.toLocaleString('en')} readers`,
        ours: ms(latencies.map(({ readers }) => readers)),
        ceiling: ms(latencies.map(({ watch }) => watch)),
        ratio: `+ ${delay.toFixed(1)} ms`,
        target: '+ ≤ 20 ms',
        reached: delay <= 20,
      },
    ];
  },
};
