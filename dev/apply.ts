import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { type Cluster, createKubeClient, type KubeAnswer } from './kube-client.ts';

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The kinds that are applied here are known, so no discovery is needed. */
const PLURALS: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  IngressClass: 'ingressclasses',
  Namespace: 'namespaces',
  Node: 'nodes',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ServiceAccount: 'serviceaccounts',
  StorageClass: 'storageclasses',
};

/** Applies all objects concurrently, but namespaces before the objects in them. */
export async function applyObjects(cluster: Cluster, objects: readonly KubeObject[]): Promise<void> {
  const client = createKubeClient(cluster.server, cluster.tls);
  const apply = async (object: KubeObject) => {
    const answer = await client.apply(pathOf(object), JSON.stringify(object));
    expectOk(answer, `${object.kind} ${object.metadata.name}`);
  };
  const isNamespace = ({ kind }: KubeObject) => kind === 'Namespace';
  try {
    await Promise.all(objects.filter(isNamespace).map(apply));
    await Promise.all(objects.filter((object) => !isNamespace(object)).map(apply));
  } finally {
    await client.close();
  }
}

export function applyNamespace(cluster: Cluster, name: string): Promise<void> {
  return applyObjects(cluster, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]);
}

export async function readObjects(file: string): Promise<KubeObject[]> {
  return parseObjects(await readFile(file, 'utf8'));
}

export function parseObjects(text: string): KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** Throws the cluster's message if it refused `what`. */
export function expectOk({ status, text }: KubeAnswer, what: string): void {
  if (status === 200 || status === 201) return;
  let message = text;
  try {
    message = (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    // Not a Status object: the text is the message.
  }
  throw new Error(`The cluster refused ${what} (${status}): ${message}`);
}

function pathOf({ apiVersion, kind, metadata }: KubeObject): string {
  const plural = PLURALS[kind];
  if (plural === undefined) throw new Error(`dev/apply.ts does not know the resource name of ${kind}`);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${scope}/${plural}/${metadata.name}`;
}
