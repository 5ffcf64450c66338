import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { aborted, readArguments, resetState, run, STATE_DIR } from './foreground.ts';
import { createKubeClient } from './kube-client.ts';

const USAGE = `npm run cluster [-- --reset]

Runs etcd and kube-apiserver on free loopback ports until Ctrl-C. The data is kept in .devmachine/
(or in DEVMACHINE_STATE_DIR).

  --reset   delete the data of earlier runs first
  --help    show this text`;

async function main(interrupt: AbortController): Promise<void> {
  const args = readArguments(USAGE, ['reset']);
  if (args === undefined) return;
  const started = performance.now();
  const log = (line: string) => console.log(line);
  const onExit = (message: string) => {
    console.error(message);
    process.exitCode = 1;
    interrupt.abort();
  };
  if (args.reset) await resetState(STATE_DIR, log);
  const { signal } = interrupt;
  const controlPlane = await startControlPlane({ stateDir: STATE_DIR, durable: true, log, onExit, signal });
  try {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `Kubernetes ${await versionOf(controlPlane)} is ready on ${controlPlane.server} (${seconds} s)\n`,
    );
    console.log(`  export KUBECONFIG=${controlPlane.kubeconfig}`);
    console.log(`  ${kubectlOf(controlPlane)} get namespaces\n`);
    console.log(`Data and logs are in ${STATE_DIR}. Press Ctrl-C to stop.`);
    await aborted(signal);
  } finally {
    await controlPlane.stop();
  }
  console.log('Stopped.');
}

async function versionOf({ server, tls }: ControlPlane): Promise<string> {
  const client = createKubeClient(server, tls);
  try {
    const { text } = await client.get('/version');
    return (JSON.parse(text) as { gitVersion: string }).gitVersion;
  } finally {
    await client.close();
  }
}

/** The kubectl in the assets folder, if there is one. */
export function kubectlOf({ assetsDir }: ControlPlane): string {
  const built = join(assetsDir, 'kubectl');
  return existsSync(built) ? built : 'kubectl';
}

if (import.meta.main) run(main);
