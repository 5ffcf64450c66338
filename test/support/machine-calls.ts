import assert from 'node:assert/strict';
import { FIELD_MANAGER } from '../../src/devmachine/schema/manifest.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import type { ManagedFields } from '../../src/kube/managed-fields/owners.ts';
import { machinePath, machinesPath } from '../../src/kube/resources/devmachine.ts';
import { manifest } from '../corpus/bodies.ts';
import type { Api, ApiResponse } from './api.ts';
import { applyAs, get } from './cluster.ts';

/** Calls that write machines, through the API and as other clients, and checks of their results. */

export type Action = 'stop' | 'start' | 'restart';

export const put = (
  api: Api,
  namespace: string,
  name: string,
  spec: unknown,
  query = '',
  headers: Record<string, string> = {},
): Promise<ApiResponse> =>
  api.call('PUT', `/api/v1/devmachines?namespace=${namespace}${query}`, manifest(spec, { name }), headers);

export const power = (
  api: Api,
  action: Action,
  namespace: string,
  name: string,
  query = '',
): Promise<ApiResponse> =>
  api.call('POST', `/api/v1/devmachines/${action}?namespace=${namespace}&name=${name}${query}`);

export const purge = (api: Api, namespace: string, name: string): Promise<ApiResponse> =>
  api.call('DELETE', `/api/v1/devmachines?namespace=${namespace}&name=${name}&purge=true`);

export async function stored(cluster: ClusterClient, namespace: string, name: string) {
  const { status, body } = await get(cluster, machinePath({ namespace, name }));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** The fields of an object that the API owns. Asserts that they are all below spec. */
export function ownedFields(object: {
  metadata: { managedFields: ManagedFields[] };
}): Record<string, unknown> {
  const entries = object.metadata.managedFields.filter(({ manager }) => manager === FIELD_MANAGER);
  assert.ok(entries.length <= 1, JSON.stringify(entries));
  const fields = (entries[0]?.fieldsV1 ?? { 'f:spec': {} }) as Record<string, Record<string, unknown>>;
  assert.deepEqual(Object.keys(fields), ['f:spec']);
  return fields['f:spec'] ?? {};
}

/** Creates a machine like `kubectl create`, which also owns the defaults. */
export async function kubectlCreate(cluster: ClusterClient, namespace: string, name: string, spec: unknown) {
  const { status, body } = await cluster.request({
    method: 'POST',
    path: machinesPath(namespace),
    query: { fieldManager: 'kubectl-create' },
    body: manifest(spec, { name }),
    contentType: 'application/json',
    signal: AbortSignal.timeout(30_000),
  });
  assert.equal(status, 201, JSON.stringify(body));
}

/** Applies a machine like `kubectl apply --server-side --force-conflicts`. */
export async function gitopsApply(cluster: ClusterClient, namespace: string, name: string, spec: unknown) {
  const path = machinePath({ namespace, name });
  const { status, body } = await applyAs(cluster, 'gitops', path, manifest(spec, { name }));
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
}

/** The managers in a problem, by pointer. */
export const conflictManagers = ({ body }: ApiResponse): Record<string, string[]> =>
  Object.fromEntries(
    body.errors.map(({ pointer, managers }: { pointer: string; managers: string[] }) => [pointer, managers]),
  );

/** The status of a response, and the type of its problem: `409 conflict`. */
export const outcome = ({ status, body }: ApiResponse): string =>
  status < 300 ? String(status) : `${status} ${String(body.type).replace('urn:devmachine:problem:', '')}`;
