import { setTimeout as sleep } from 'node:timers/promises';
import { untilUnreachable } from './support/backend.ts';
import { retryWrite, useDedicatedControlPlane } from './support/dedicated-control-plane.ts';
import { runScenarios, type Scenario } from './support/scenario.ts';

/** Processes of the control plane that crash or hang. */

const controlPlane = useDedicatedControlPlane();

const scenarios: Scenario[] = [
  {
    fault: 'the API server is killed and restarted',
    expected: 'new watches from the last version',
    kubeconfig: ({ directKubeconfig }) => directKubeconfig,
    async during({ write, backend }) {
      const { apiserver } = controlPlane();
      const writing = write(200).catch(() => undefined);
      await sleep(300);
      await apiserver.kill('SIGKILL');
      await writing;
      await untilUnreachable(backend);
      await apiserver.start();
    },
  },
  {
    fault: 'the API server hangs (SIGSTOP), then continues',
    expected: 'the same watches continue',
    kubeconfig: ({ directKubeconfig }) => directKubeconfig,
    async during({ write, backend }) {
      const { apiserver } = controlPlane();
      await apiserver.kill('SIGSTOP');
      await untilUnreachable(backend).finally(() => apiserver.kill('SIGCONT'));
      await write();
    },
  },
  {
    fault: 'etcd is killed and restarted',
    expected: 'the same watches continue',
    async during({ write, backend }) {
      const { etcd } = controlPlane();
      await etcd.kill('SIGKILL');
      await untilUnreachable(backend);
      await etcd.start();
      await retryWrite(() => write(1));
    },
  },
];

runScenarios(scenarios, controlPlane);
