import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OwnControlPlane, startOwnControlPlane, waitForWrites } from './support/cluster.ts';
import { type Drill, runDrills } from './support/drill.ts';

/** What befalls the processes of the cluster. */

let cluster: OwnControlPlane;
before(async () => {
  cluster = await startOwnControlPlane();
});
after(() => cluster.remove());

const drills: Drill[] = [
  {
    fault: 'the apiserver is killed and started again',
    expected: 'a new watch from the last version',
    kubeconfig: ({ directKubeconfig }) => directKubeconfig,
    async during({ changes }) {
      const changing = changes(200).catch(() => undefined);
      await sleep(300);
      await cluster.apiserver.kill('SIGKILL');
      await changing;
      await sleep(2_000);
      await cluster.apiserver.start();
    },
  },
  {
    fault: 'the apiserver stands still for 8 s',
    expected: 'goes on with the same watches',
    kubeconfig: ({ directKubeconfig }) => directKubeconfig,
    async during({ changes }) {
      await cluster.apiserver.kill('SIGSTOP');
      await sleep(8_000);
      await cluster.apiserver.kill('SIGCONT');
      await changes();
    },
  },
  {
    fault: 'etcd is killed and started again',
    expected: 'goes on',
    async during({ changes }) {
      await cluster.etcd.kill('SIGKILL');
      await sleep(2_000);
      await cluster.etcd.start();
      await waitForWrites(() => changes(1));
    },
  },
];

runDrills(drills, () => cluster);
