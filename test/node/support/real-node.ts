import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '../../../dev/control-plane.ts';
import { applyCrd } from '../../../dev/crd.ts';
import type { ImageName } from '../../../dev/images/images.ts';
import { prepareNode } from '../../../dev/node/prepare.ts';
import { startOperator } from '../../../dev/operator.ts';
import { startReporter } from '../../../dev/reporter.ts';
import { provideBackendAccount } from '../../support/backend-account.ts';
import type { NodeUnderTest } from './cluster.ts';

const CRD = join(import.meta.dirname, '../../../crd/devmachine-crd.yaml');

/**
 * Starts a cluster with a real node that has these images, and makes it the cluster of this process and its children (see
 * cluster.ts). Resolves to a function that stops it.
 */
export async function startRealNode(
  images: readonly ImageName[],
  log?: (line: string) => void,
): Promise<() => Promise<void>> {
  const node = await prepareNode({ images });
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-node-test-'));
  const controlPlane = await startControlPlane({
    stateDir,
    realNode: true,
    workloads: { node },
    ...(log ? { log } : {}),
  });
  await applyCrd(controlPlane, CRD);
  const operator = await startOperator(controlPlane);
  await startReporter(controlPlane, operator);
  const underTest: NodeUnderTest = {
    stateDir,
    nodePid: controlPlane.workloads?.nodes.pid ?? 0,
    kubectl: join(controlPlane.assetsDir, 'kubectl'),
  };
  process.env['DEVMACHINE_TEST_KUBECONFIG'] = controlPlane.kubeconfig;
  await provideBackendAccount(controlPlane);
  process.env['DEVMACHINE_TEST_NODE'] = JSON.stringify(underTest);
  return async () => {
    await controlPlane.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
}
