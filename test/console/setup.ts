import { buildConsoleIfStale } from '../../scripts/console.ts';
import { provideBackendAccount } from '../support/backend-account.ts';
import { addOperator, startWorkloadCluster, type WorkloadCluster } from '../support/workloads.ts';

/** Builds the console, and starts one cluster whose nodes are simulated, with the operator, for the whole run. */

let cluster: WorkloadCluster | undefined;

export async function globalSetup(): Promise<void> {
  await buildConsoleIfStale();
  cluster = await startWorkloadCluster();
  await addOperator(cluster);
  await provideBackendAccount(cluster.controlPlane);
  process.env['DEVMACHINE_TEST_KUBECONFIG'] = cluster.controlPlane.kubeconfig;
}

export const globalTeardown = (): Promise<void> | undefined => cluster?.stop();
