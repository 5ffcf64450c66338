import { startBackend } from '../backend.ts';
import { loadReads, type ReadFigures } from '../load.ts';
import { profileFlags } from '../profile.ts';
import { inRounds, median } from '../statistics.ts';
import { ms, perSecond, show } from './reads.ts';
import { alone, describe, type Result, type Row } from './row.ts';

const BASE = alone(1_000);

/** Of the smallest stage: the others are held against it. */
let base: readonly ReadFigures[] = [];

/** Whether reads stay as quick with many machines as with few. */
export const growth: Row = {
  name: 'growth',
  stages: [BASE, alone(10_000), alone(50_000)],
  async measure({ cluster, rounds, profileDir, progress }, stage): Promise<Result[]> {
    const flags = profileFlags(profileDir, `growth-${stage.machines}`);
    const backend = await startBackend(cluster.controlPlane.kubeconfig, flags);
    const [figures = []] = await inRounds(rounds, [() => loadReads(backend, stage.machines)]);
    await backend.stop();
    progress(show(figures));
    if (stage.machines === BASE.machines) {
      base = figures;
      return [];
    }
    return [
      compare(`status reads a second, ${describe(stage)} / ${describe(BASE)}`, figures, 'perSecond'),
      compare(`p99 of the same`, figures, 'p99'),
    ];
  },
};

function compare(what: string, figures: readonly ReadFigures[], field: 'perSecond' | 'p99'): Result {
  const [now, then] = [figures, base].map((side) => side.map((figure) => figure[field])) as [
    number[],
    number[],
  ];
  const ratio = median(now) / median(then);
  const reached = field === 'perSecond' ? ratio >= 0.9 : ratio <= 1.1;
  const show = field === 'perSecond' ? perSecond : ms;
  const aim = field === 'perSecond' ? '≥ 0.90' : '≤ 1.10';
  return { what, ours: show(now), ceiling: show(then), ratio: ratio.toFixed(2), aim, reached };
}
