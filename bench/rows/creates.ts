import { startBackend } from '../backend.ts';
import { SERVER } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { atLeast, perSecond } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { machinesOnly, type Row } from './row.ts';

const COUNT = 2_500;
const CONCURRENT = 16;

/**
 * Creates through the backend, against the same server-side apply sent directly to the API server. The client runs on the
 * core of the measured process, so in both cases the API server and etcd have the other core to themselves.
 */
export const creates: Row = {
  name: 'creates',
  stages: [machinesOnly(10_000)],
  async measure({ cluster, rounds, profileDir }) {
    const { kubeconfig } = cluster.controlPlane;
    const backend = await startBackend(kubeconfig, profileFlags(profileDir, 'creates'));
    let round = 0;
    const create = async (target: { url?: string }) => {
      const prefix = `new-${round++}`;
      const namespace = 'creates';
      const input = { ...target, kubeconfig, namespace, prefix, count: COUNT, concurrent: CONCURRENT };
      const { perSecond } = await runProgram<{ perSecond: number }>('creates', SERVER, input);
      await cluster.clear(namespace);
      return perSecond;
    };
    const [ours = [], theirs = []] = await inRounds(rounds, [
      () => create({ url: backend.url }),
      () => create({}),
    ]);
    await backend.stop();
    return [
      {
        title: `creates per second, ${CONCURRENT} at a time`,
        ours,
        ceiling: theirs,
        format: perSecond,
        target: atLeast(0.85),
      },
    ];
  },
};
