import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findAssets } from '../../../dev/assets.ts';
import { freePort } from '../../../dev/ports.ts';
import { claimStateDir } from '../../../dev/state.ts';
import { atEnd, DEV, temporaryFolder } from './processes.ts';

export const DEV_SCRIPT = fileURLToPath(new URL('dev.ts', DEV));

/** Creates a state directory. Processes that a killed run left behind in it are ended with the test. */
export async function temporaryState(t: TestContext): Promise<string> {
  const dir = await temporaryFolder(t);
  atEnd(t, async () => (await claimStateDir(dir, () => {})).release());
  return dir;
}

/** Ports that are free, so that runs do not disturb each other. */
export const freePorts = async () => ({
  PORT: String(await freePort()),
  INGRESS_PORT: String(await freePort()),
});

/** A folder for KUBEBUILDER_ASSETS, with which machines are only stored. */
export async function fewAssets(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  const programs = ['etcd', 'kube-apiserver', 'kubectl'];
  const { dir } = await findAssets(programs);
  for (const name of programs) await symlink(join(dir, name), join(folder, name));
  return folder;
}
