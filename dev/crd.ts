import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { expectOk } from './apply.ts';
import { type Cluster, createKubeClient, type KubeClient } from './kube-client.ts';

interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const TIMEOUT_MS = 20_000;

/** Applies the file. Resolves when the CRD is established and the API server serves its resources. */
export async function applyCrd(cluster: Cluster, file: string): Promise<void> {
  const document = await readFile(file, 'utf8');
  const crd = parse(document) as Crd;
  const client = createKubeClient(cluster.server, cluster.tls);
  try {
    const path = `${CRDS}/${crd.metadata.name}`;
    expectOk(await client.apply(path, document), file);
    const deadline = Date.now() + TIMEOUT_MS;
    // The API server answers 404 for an established CRD until its own watch has delivered the CRD.
    while (!((await isEstablished(client, path)) && (await isServed(client, crd)))) {
      if (Date.now() > deadline)
        throw new Error(`${crd.metadata.name} is not served after ${TIMEOUT_MS / 1000} s`);
      await sleep(25);
    }
  } finally {
    await client.close();
  }
}

async function isEstablished(client: KubeClient, path: string): Promise<boolean> {
  const { status, text } = await client.get(path);
  if (status !== 200) return false;
  const crd = JSON.parse(text) as { status?: { conditions?: { type: string; status: string }[] } };
  const conditions = crd.status?.conditions ?? [];
  return conditions.some(({ type, status: value }) => type === 'Established' && value === 'True');
}

async function isServed(client: KubeClient, { spec }: Crd): Promise<boolean> {
  const paths = spec.versions
    .filter(({ served }) => served)
    .flatMap(({ name }) => {
      const discovery = `/apis/${spec.group}/${name}`;
      return [discovery, `${discovery}/${spec.names.plural}?limit=1`];
    });
  const answers = await Promise.all(paths.map((path) => client.get(path)));
  return answers.every(({ status }) => status === 200);
}
