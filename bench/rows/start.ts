import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { startBackend } from '../backend.ts';
import { DEPENDENTS } from '../cluster/objects.ts';
import { SERVER } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { atMost, seconds } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { describe, machinesOnly, type Row, withDependents } from './row.ts';

/** The time from starting the process to ready, against a program that lists the same objects and discards them. */
export const start: Row = {
  name: 'start',
  stages: [machinesOnly(10_000), machinesOnly(50_000), withDependents(50_000)],
  async measure({ cluster, rounds, profileDir }, stage) {
    const { kubeconfig, server, tls } = cluster.controlPlane;
    const paths = [machinesPath(), ...(stage.dependents ? DEPENDENTS.map(({ path }) => path) : [])];
    const flags = profileFlags(profileDir, `start-${stage.machines}-${stage.dependents}`);
    const [ours = [], theirs = []] = await inRounds(rounds, [
      () =>
        timed(async () => {
          const backend = await startBackend(kubeconfig, flags);
          return () => backend.stop();
        }),
      () => timed(() => runProgram('list', SERVER, { cluster: { server, tls }, paths })),
    ]);
    return [
      {
        title: `start to ready, ${describe(stage)}`,
        ours,
        ceiling: theirs,
        format: seconds,
        target: atMost(1.3),
      },
    ];
  },
};

/** Seconds until `work` resolves. A function that it returns is called afterwards, to clean up. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const cleanUp = await work();
  const elapsed = (performance.now() - startedAt) / 1_000;
  if (typeof cleanUp === 'function') await cleanUp();
  return elapsed;
}
