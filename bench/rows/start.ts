import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { startBackend } from '../backend.ts';
import { PARTS } from '../cluster/objects.ts';
import { SERVER } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { inRounds, median, medianRatio } from '../statistics.ts';
import { alone, describe, type Row, withParts } from './row.ts';

/** From nothing to ready, against a program that lists the same and keeps none of it. */
export const start: Row = {
  name: 'start',
  stages: [alone(10_000), alone(50_000), withParts(50_000)],
  async measure({ cluster, rounds, profileDir }, stage) {
    const { kubeconfig, server, tls } = cluster.controlPlane;
    const paths = [machinesPath(), ...(stage.parts ? PARTS.map(({ path }) => path) : [])];
    const flags = profileFlags(profileDir, `start-${stage.machines}-${stage.parts}`);
    const [ours = [], theirs = []] = await inRounds(rounds, [
      () =>
        timed(async () => {
          const backend = await startBackend(kubeconfig, flags);
          return () => backend.stop();
        }),
      () => timed(() => runProgram('list', SERVER, { cluster: { server, tls }, paths })),
    ]);
    const ratio = medianRatio(ours, theirs);
    return [
      {
        what: `start to ready, ${describe(stage)}`,
        ours: seconds(ours),
        ceiling: seconds(theirs),
        ratio: ratio.toFixed(2),
        aim: '≤ 1.3',
        reached: ratio <= 1.3,
      },
    ];
  },
};

/** Seconds until `work` is done; what it returns is called after that. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  const end = await work();
  const took = (performance.now() - began) / 1_000;
  if (typeof end === 'function') await end();
  return took;
}

const seconds = (values: readonly number[]): string => `${median(values).toFixed(2)} s`;
