import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../dev/control-plane.ts';
import { applyCrd } from '../dev/crd.ts';

/** One control plane for the whole run; each test has namespaces of its own. */

let controlPlane: ControlPlane | undefined;
let stateDir: string | undefined;

export async function globalSetup(): Promise<void> {
  stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  controlPlane = await startControlPlane({ stateDir });
  await applyCrd(controlPlane, join(import.meta.dirname, '..', 'crd', 'devmachine-crd.yaml'));
  process.env['DEVMACHINE_TEST_KUBECONFIG'] = controlPlane.kubeconfig;
  process.env['DEVMACHINE_TEST_NOBODY'] = await controlPlane.kubeconfigFor('nobody');
}

export async function globalTeardown(): Promise<void> {
  await controlPlane?.stop();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
}
