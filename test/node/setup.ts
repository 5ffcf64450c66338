import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { IMAGE_NAMES } from '../../dev/images/images.ts';
import { prepareNode } from '../../dev/node/prepare.ts';
import { startOperator } from '../../dev/operator.ts';
import { startReporter } from '../../dev/reporter.ts';
import type { NodeUnderTest } from './support/cluster.ts';

/** Starts one cluster with a real node for the whole run. Each test creates its own namespaces. */

let controlPlane: ControlPlane | undefined;
let stateDir: string | undefined;

export async function globalSetup(): Promise<void> {
  const started = performance.now();
  const log = (line: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(1)} s: ${line}`);
  const node = await prepareNode({ images: IMAGE_NAMES });
  stateDir = await mkdtemp(join(tmpdir(), 'devmachine-node-test-'));
  controlPlane = await startControlPlane({ stateDir, realNode: true, workloads: { node }, log });
  await applyCrd(controlPlane, join(import.meta.dirname, '../../crd/devmachine-crd.yaml'));
  const operator = await startOperator(controlPlane);
  await startReporter(controlPlane, operator);
  const { nodes } = controlPlane.workloads ?? {};
  const underTest: NodeUnderTest = {
    stateDir,
    nodePid: nodes?.pid ?? 0,
    kubectl: join(controlPlane.assetsDir, 'kubectl'),
    ctr: join(node.nodeProgramsDir, 'ctr'),
  };
  process.env['DEVMACHINE_TEST_KUBECONFIG'] = controlPlane.kubeconfig;
  process.env['DEVMACHINE_TEST_NODE'] = JSON.stringify(underTest);
}

export async function globalTeardown(): Promise<void> {
  await controlPlane?.stop();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
}
