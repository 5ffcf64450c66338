import { startBackend } from '../backend.ts';
import { startCluster } from '../cluster/cluster.ts';
import { loadReads, type ReadMeasurements } from '../load.ts';
import { profileFlags } from '../profile.ts';
import { inRounds, medianRatio } from '../statistics.ts';
import { ms, perSecond, show } from './reads.ts';
import { alone, describe, type Result, type Row } from './row.ts';

const FEW = alone(1_000);

/**
 * Whether reads stay as quick with many machines as with few. The few are in a cluster of their own, so that both can be
 * read in turns: from one minute to the next, the machine's own speed changes by more than what is looked for.
 */
export const growth: Row = {
  name: 'growth',
  stages: [alone(10_000), alone(50_000)],
  async measure({ cluster, rounds, profileDir, progress }, stage): Promise<Result[]> {
    const small = await startCluster();
    await small.grow(FEW.machines);
    const backends = [
      await startBackend(
        cluster.controlPlane.kubeconfig,
        profileFlags(profileDir, `growth-${stage.machines}`),
      ),
      await startBackend(small.controlPlane.kubeconfig),
    ] as const;
    const [many = [], few = []] = await inRounds(rounds, [
      () => loadReads(backends[0], stage.machines),
      () => loadReads(backends[1], FEW.machines),
    ]);
    for (const backend of backends) await backend.stop();
    await small.stop();
    progress(`${describe(stage)}: ${show(many)}\n${describe(FEW)}: ${show(few)}`);
    return [
      compare(`status reads a second, ${describe(stage)} / ${describe(FEW)}`, many, few, 'perSecond'),
      compare(`p99 of the same`, many, few, 'p99'),
    ];
  },
};

function compare(
  what: string,
  many: readonly ReadMeasurements[],
  few: readonly ReadMeasurements[],
  field: 'perSecond' | 'p99',
): Result {
  const [ours, ceiling] = [many, few].map((side) => side.map((figures) => figures[field])) as [
    number[],
    number[],
  ];
  const ratio = medianRatio(ours, ceiling);
  const [show, aim, reached] =
    field === 'perSecond' ? [perSecond, '≥ 0.90', ratio >= 0.9] : [ms, '≤ 1.10', ratio <= 1.1];
  return { what, ours: show(ours), ceiling: show(ceiling), ratio: ratio.toFixed(2), aim, reached };
}
