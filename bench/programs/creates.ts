import { Agent } from 'undici';
import { clusterAddress, loadCredentials, loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../../test/corpus/bodies.ts';

/** Creates machines, `concurrent` at a time: through the backend, or, without `url`, with the request that the backend sends. */
interface Input {
  readonly url?: string;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly prefix: string;
  readonly count: number;
  readonly concurrent: number;
}

const { url, kubeconfig, namespace, prefix, count, concurrent } = JSON.parse(process.argv[2] ?? '') as Input;
const send = url === undefined ? await directly() : throughApi(url);
const warmUp = Math.round(count / 5);

let next = 0;
const work = async (end: number) => {
  while (next < end) await send(`${prefix}-${next++}`);
};
const createUntil = (end: number) => Promise.all(Array.from({ length: concurrent }, () => work(end)));

await createUntil(warmUp);
const startedAt = performance.now();
await createUntil(warmUp + count);
console.log(JSON.stringify({ perSecond: count / ((performance.now() - startedAt) / 1_000) }));
process.exit();

async function directly() {
  const config = loadKubeConfig(kubeconfig);
  const { headers, tls } = await loadCredentials(config);
  const agent = new Agent({ connect: tls, connections: concurrent });
  return (name: string) =>
    expect(201, agent, {
      origin: clusterAddress(config).origin,
      path: `${machinePath({ namespace, name })}?fieldManager=devmachine-api&force=false&fieldValidation=Strict`,
      method: 'PATCH',
      headers: { ...headers, 'content-type': 'application/apply-patch+yaml', accept: 'application/json' },
      // No object has this version, so the apply fails if the object exists.
      body: JSON.stringify(manifest(EXAMPLE_SPEC, { name, namespace, resourceVersion: '1' })),
    });
}

function throughApi(origin: string) {
  const agent = new Agent({ connections: concurrent });
  return (name: string) =>
    expect(201, agent, {
      origin,
      path: `/api/v1/devmachines?namespace=${namespace}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(manifest(EXAMPLE_SPEC, { name })),
    });
}

async function expect(status: number, agent: Agent, options: Parameters<Agent['request']>[0]): Promise<void> {
  const { statusCode, body } = await agent.request(options);
  // Clients of both read the response.
  const response = await body.json();
  if (statusCode !== status) throw new Error(`${statusCode}: ${JSON.stringify(response)}`);
}
