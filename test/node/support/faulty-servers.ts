import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { PLATFORM } from '../../../dev/images/definitions.ts';
import { MAKE_FILES } from '../../../dev/images/make-files.ts';
import { packLayer, writeArchive } from '../../../dev/images/oci.ts';
import { runCommand } from '../../../dev/run-command.ts';
import { temporaryFolder } from '../../dev/support/processes.ts';
import { until } from '../../support/until.ts';
import { nodeUnderTest, onNode } from './cluster.ts';

/** Servers in the node's network that make machines fail: servers.ts is their process. */

const IMAGES_PORT = 5000;
const SILENT_PORT = 5001;

/** The node's address in the network of the pods. */
const NODE_ADDRESS = '10.244.0.1';

export const REFUSING_S3 = `http://${NODE_ADDRESS}:${IMAGES_PORT}`;
export const SILENT_S3 = `http://${NODE_ADDRESS}:${SILENT_PORT}`;
export const NOBODY_S3 = `http://${NODE_ADDRESS}:${SILENT_PORT + 1}`;

/** An image that the registry delivers slowly. */
export const SLOW_IMAGE = `127.0.0.1:${IMAGES_PORT}/slow:1`;

/** Starts the servers, which end with the test. Returns the reference by digest of an image that the registry has deleted. */
export async function startFaultyServers(t: TestContext): Promise<{ readonly deletedImage: string }> {
  const folder = await temporaryFolder(t);
  await makeImage(folder, 'slow');
  const digest = await makeImage(folder, 'deleted');
  const program = join(import.meta.dirname, 'servers.ts');
  const target = ['--target', String(nodeUnderTest().nodePid), '--net', '--'];
  const ports = [IMAGES_PORT, SILENT_PORT].map(String);
  const node = [process.execPath, program, folder, ...ports];
  const child = spawn('nsenter', [...target, ...node], { stdio: 'inherit' });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill();
    await ended;
  });
  const url = `http://127.0.0.1:${IMAGES_PORT}/v2/`;
  const call = (...args: string[]) => onNode('curl', '--silent', '--fail', ...args);
  await until('the registry', () =>
    call(url).then(
      () => true,
      () => false,
    ),
  );
  await call('--request', 'DELETE', `${url}deleted/manifests/${digest}`);
  return { deletedImage: `127.0.0.1:${IMAGES_PORT}/deleted@${digest}` };
}

/** Writes the OCI image layout `folder/name`: busybox with a file of its own, so that the node does not have its layer. Resolves to the digest of its manifest. */
async function makeImage(folder: string, name: string): Promise<string> {
  const [root, layer, archive, layout] = ['root', 'layer', 'archive', ''].map((part) =>
    join(folder, part ? `${name}.${part}` : name),
  ) as [string, string, string, string];
  for (const each of [root, layout]) await mkdir(each);
  await MAKE_FILES['busybox']?.(root);
  await writeFile(join(root, 'unique'), randomBytes(1024));
  await packLayer(root, layer);
  const config = { Env: ['PATH=/bin'], Cmd: ['sh'] };
  await writeArchive({ reference: `${name}:1`, platform: PLATFORM, config, layers: [layer] }, archive);
  await runCommand('tar', ['-C', layout, '-xf', archive]);
  const index = await runCommand('cat', [join(layout, 'index.json')]);
  return JSON.parse(index).manifests[0].digest;
}
