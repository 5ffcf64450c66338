import { machinesPath } from '../../src/kube/resources/devmachine.ts';
import { SERVER } from '../cores.ts';
import { runProgram } from '../programs.ts';
import { seconds } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { describe, machinesOnly, type Row } from './row.ts';
import { timed } from './start.ts';

/** The two ways to get all objects before a watch: as its first events, or in pages. Both programs parse and discard them. */
export const firstList: Row = {
  name: 'first-list',
  stages: [machinesOnly(10_000), machinesOnly(50_000)],
  async measure({ cluster, rounds }, stage) {
    const { server, tls } = cluster.controlPlane;
    const input = { cluster: { server, tls }, paths: [machinesPath()] };
    const list = (program: string) => timed(() => runProgram(program, SERVER, input));
    const [ours = [], theirs = []] = await inRounds(rounds, [() => list('watch-list'), () => list('list')]);
    return [
      {
        title: `first list as events of a watch (ceiling: in pages of 500), ${describe(stage)}`,
        ours,
        ceiling: theirs,
        format: seconds,
      },
    ];
  },
};
