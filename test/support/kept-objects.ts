import assert from 'node:assert/strict';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { create } from './cluster.ts';

/** What the chart leaves behind when a machine is deleted, in the shape in which it renders it. */

/** The labels that the chart gives every object of a machine. */
export const labelsOf = (machine: string) => ({
  'app.kubernetes.io/name': 'devmachine',
  'app.kubernetes.io/instance': machine,
  'app.kubernetes.io/managed-by': 'Helm',
  'app.kubernetes.io/part-of': 'devmachine',
  'ide.example.com/devmachine': machine,
});

const KEEP = { 'helm.sh/resource-policy': 'keep' };

async function add(cluster: ClusterClient, path: string, object: object) {
  const { status, body } = await create(cluster, path, object);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

export const claimsPath = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
export const secretsPath = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;

/** `metadata` replaces fields of the chart's. */
export const addDisk = (cluster: ClusterClient, namespace: string, machine: string, metadata: object = {}) =>
  add(cluster, claimsPath(namespace), {
    metadata: { name: `${machine}-disk`, labels: labelsOf(machine), annotations: KEEP, ...metadata },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'standard',
      resources: { requests: { storage: '20Gi' } },
    },
  });

export const PASSWORD = 'kX3vTq8LrZ0yWm5nBc7JdF2sGh9pAe4u';

export const addAccess = (
  cluster: ClusterClient,
  namespace: string,
  machine: string,
  { password = PASSWORD, metadata = {} }: { readonly password?: string; readonly metadata?: object } = {},
) =>
  add(cluster, secretsPath(namespace), {
    metadata: { name: `${machine}-access`, labels: labelsOf(machine), annotations: KEEP, ...metadata },
    stringData: { password },
  });
