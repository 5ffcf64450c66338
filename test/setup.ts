import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../dev/control-plane.ts';
import { applyCrd } from '../dev/crd.ts';
import { endLeftovers } from '../dev/foreground.ts';
import { provideBackendAccount } from './support/backend-account.ts';

/** Starts one control plane for the whole run. Each test creates its own namespaces. */

const PREFIX = 'devmachine-test-';

let controlPlane: ControlPlane | undefined;
let stateDir: string | undefined;

export async function globalSetup(): Promise<void> {
  await endKilledRuns();
  stateDir = await mkdtemp(join(tmpdir(), PREFIX));
  controlPlane = await startControlPlane({ stateDir });
  await applyCrd(controlPlane, join(import.meta.dirname, '..', 'crd', 'devmachine-crd.yaml'));
  process.env['DEVMACHINE_TEST_KUBECONFIG'] = controlPlane.kubeconfig;
  await provideBackendAccount(controlPlane);
  process.env['DEVMACHINE_TEST_NOBODY'] = await controlPlane.kubeconfigFor('nobody');
}

export async function globalTeardown(): Promise<void> {
  await controlPlane?.stop();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
}

/** Ends the processes of runs that were killed and removes their folders. Active runs are not affected. */
async function endKilledRuns(): Promise<void> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const folder of folders.map((name) => join(tmpdir(), name))) {
    if (!existsSync(join(folder, 'processes.json'))) continue;
    await endLeftovers(folder, () => undefined).then(
      () => rm(folder, { recursive: true, force: true }),
      () => undefined,
    );
  }
}
