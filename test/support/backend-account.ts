import { join } from 'node:path';
import { applyObjects } from '../../dev/apply.ts';
import { readContainerConfig } from '../../dev/container-config.ts';
import type { ControlPlane } from '../../dev/control-plane.ts';

/** The manifests that add the rights to write, for AUTH_MODE=none. */
export const INSECURE_DIR = join(import.meta.dirname, '../deploy/insecure');

/** Lets `backendKubeconfig` of cluster.ts return an account with exactly the rights of these manifests. */
export async function provideBackendAccount(controlPlane: ControlPlane): Promise<void> {
  const kubectl = join(controlPlane.assetsDir, 'kubectl');
  const { rights, user, groups } = await readContainerConfig(kubectl, INSECURE_DIR, 'backend');
  await applyObjects(controlPlane, rights);
  process.env['DEVMACHINE_TEST_BACKEND'] = await controlPlane.kubeconfigFor(user, groups);
}
