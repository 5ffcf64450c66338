import { startBackend } from '../backend.ts';
import { SERVER } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { inRounds, medianRatio } from '../statistics.ts';
import { perSecond } from './reads.ts';
import { alone, type Row } from './row.ts';

const COUNT = 2_500;
const AT_ONCE = 16;

/**
 * Creates through the API, against the same server-side apply sent straight to the API server. The client has the core of
 * what is measured: either way, the API server and etcd have the other one to themselves.
 */
export const creates: Row = {
  name: 'creates',
  stages: [alone(10_000)],
  async measure({ cluster, rounds, profileDir }) {
    const { kubeconfig } = cluster.controlPlane;
    const backend = await startBackend(kubeconfig, profileFlags(profileDir, 'creates'));
    let round = 0;
    const create = async (target: { url?: string }) => {
      const prefix = `new-${round++}`;
      const namespace = 'creates';
      const input = { ...target, kubeconfig, namespace, prefix, count: COUNT, atOnce: AT_ONCE };
      const { perSecond } = await runProgram<{ perSecond: number }>('creates', SERVER, input);
      await cluster.clear(namespace);
      return perSecond;
    };
    const [ours = [], theirs = []] = await inRounds(rounds, [
      () => create({ url: backend.url }),
      () => create({}),
    ]);
    await backend.stop();
    const ratio = medianRatio(ours, theirs);
    return [
      {
        what: `creates, ${AT_ONCE} at a time, a second`,
        ours: perSecond(ours),
        ceiling: perSecond(theirs),
        ratio: ratio.toFixed(2),
        aim: '≥ 0.85',
        reached: ratio >= 0.85,
      },
    ];
  },
};
