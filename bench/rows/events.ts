import { startBackend } from '../backend.ts';
import { LOAD } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { inRounds, median } from '../statistics.ts';
import { ms } from './reads.ts';
import { alone, type Row } from './row.ts';

const READERS = 1_000;
const CHANGES = 100;

interface Latencies {
  /** Milliseconds from the request that changes a machine; p99 over all changes and readers. */
  readonly readers: number;
  readonly watch: number;
}

/** From a change to the readers of an event stream, against a watch of the API server. */
export const events: Row = {
  name: 'events',
  stages: [alone(10_000)],
  async measure({ cluster, rounds, profileDir, progress }) {
    const { kubeconfig } = cluster.controlPlane;
    const backend = await startBackend(kubeconfig, profileFlags(profileDir, 'events'));
    const input = { url: backend.url, kubeconfig, readers: READERS, changes: CHANGES };
    const [figures = []] = await inRounds(rounds, [() => runProgram<Latencies>('events', LOAD, input)]);
    await backend.stop();
    progress(
      figures.map(({ readers, watch }) => `${readers.toFixed(2)} / ${watch.toFixed(2)} ms`).join(' | '),
    );
    const later = median(figures.map(({ readers, watch }) => readers - watch));
    return [
      {
        what: `change to event, p99 of ${READERS.toLocaleString('en')} readers`,
        ours: ms(figures.map(({ readers }) => readers)),
        ceiling: ms(figures.map(({ watch }) => watch)),
        ratio: `+ ${later.toFixed(1)} ms`,
        aim: '+ ≤ 20 ms',
        reached: later <= 20,
      },
    ];
  },
};
