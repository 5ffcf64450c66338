import { DEFINITIONS } from '../images/definitions.ts';
import { runCommand } from '../run-command.ts';
import { IMAGES, type NodeAssets } from './prepare.ts';

/**
 * Pulls the templates' images and the IDE's into the node `pid`, from their registries. The program is in the network of the
 * machine, because the node's own network leads nowhere.
 */
export async function pullImages(
  pid: number,
  { nodeProgramsDir }: NodeAssets,
  log: (line: string) => void,
): Promise<void> {
  const ctr = ['--target', String(pid), '--mount', '--', `${nodeProgramsDir}/ctr`, '--namespace', 'k8s.io'];
  const call = (...args: string[]) => runCommand('nsenter', [...ctr, 'images', ...args]);
  const present = (await call('list', '--quiet')).split('\n');
  for (const reference of IMAGES.map((name) => DEFINITIONS[name].reference)) {
    if (present.includes(reference)) continue;
    log(`Pulling ${reference}`);
    await call('pull', '--local', reference);
  }
}
