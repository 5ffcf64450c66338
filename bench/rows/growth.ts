import { startBackend } from '../backend.ts';
import { startCluster } from '../cluster/cluster.ts';
import { loadReads, type ReadMeasurements } from '../load.ts';
import { profileFlags } from '../profile.ts';
import { atLeast, atMost, type Measured, ms, perSecond } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { show } from './reads.ts';
import { describe, machinesOnly, type Row } from './row.ts';

const FEW = machinesOnly(1_000);

/**
 * Whether reads stay as fast with many machines as with few. The few are in a second cluster, so that the rounds can
 * alternate: the speed of the host changes within minutes by more than the effect that this row measures.
 */
export const growth: Row = {
  name: 'growth',
  stages: [machinesOnly(10_000), machinesOnly(50_000)],
  async measure({ cluster, rounds, profileDir, progress }, stage): Promise<Measured[]> {
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
      compare(`status reads per second, ${describe(stage)} / ${describe(FEW)}`, many, few, 'perSecond'),
      compare('p99 of these reads', many, few, 'p99'),
    ];
  },
};

function compare(
  title: string,
  many: readonly ReadMeasurements[],
  few: readonly ReadMeasurements[],
  field: 'perSecond' | 'p99',
): Measured {
  const [ours = [], ceiling = []] = [many, few].map((side) => side.map((measured) => measured[field]));
  return field === 'perSecond'
    ? { title, ours, ceiling, format: perSecond, target: atLeast(0.9) }
    : { title, ours, ceiling, format: ms, target: atMost(1.1) };
}
