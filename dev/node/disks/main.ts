import { pino } from 'pino';
import { openClient } from '../../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../../src/kube/client/kubeconfig.ts';
import { provisionDisks } from './provisioner.ts';

/** The process that provides disks, in the node's namespaces. Arguments: the folder of the disks, the node's name. */

const [folder = '', node = ''] = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

const client = openClient(() => loadKubeConfig(process.env['KUBECONFIG']), { timeoutMs: 15_000 });
await provisionDisks({ client, log: pino(), folder, node }, stop.signal);
await client.close();
