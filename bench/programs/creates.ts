import { Agent } from 'undici';
import { clusterAddress, loadCredentials, loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { EXAMPLE_SPEC, manifest } from '../../test/corpus/bodies.ts';

/** Creates machines, so many at a time: through the API, or (without `url`) as the bare request that the API sends. */
interface Input {
  readonly url?: string;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly prefix: string;
  readonly count: number;
  readonly atOnce: number;
}

const { url, kubeconfig, namespace, prefix, count, atOnce } = JSON.parse(process.argv[2] ?? '') as Input;
const send = url === undefined ? await straight() : throughApi(url);
const warmUp = Math.round(count / 5);

let next = 0;
const work = async (until: number) => {
  while (next < until) await send(`${prefix}-${next++}`);
};
const all = (until: number) => Promise.all(Array.from({ length: atOnce }, () => work(until)));

await all(warmUp);
const began = performance.now();
await all(warmUp + count);
console.log(JSON.stringify({ perSecond: count / ((performance.now() - began) / 1_000) }));
process.exit();

async function straight() {
  const config = loadKubeConfig(kubeconfig);
  const { headers, tls } = await loadCredentials(config);
  const agent = new Agent({ connect: tls, connections: atOnce });
  return (name: string) =>
    expect(201, agent, {
      origin: clusterAddress(config).origin,
      path: `${machinePath({ namespace, name })}?fieldManager=devmachine-api&force=false&fieldValidation=Strict`,
      method: 'PATCH',
      headers: { ...headers, 'content-type': 'application/apply-patch+yaml', accept: 'application/json' },
      // No object can have this version: the apply creates, or fails.
      body: JSON.stringify(manifest(EXAMPLE_SPEC, { name, namespace, resourceVersion: '1' })),
    });
}

function throughApi(origin: string) {
  const agent = new Agent({ connections: atOnce });
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
  // The client of either wants the answer.
  const answer = await body.json();
  if (statusCode !== status) throw new Error(`${statusCode}: ${JSON.stringify(answer)}`);
}
