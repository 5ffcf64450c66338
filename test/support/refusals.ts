import assert from 'node:assert/strict';
import { create } from './cluster.ts';
import { remove, type WorkloadCluster, waitFor } from './workloads.ts';

/** Makes the cluster refuse objects, as administrators do. */

export interface Refusal {
  /** Resolves when the cluster accepts the objects again. */
  lift(): Promise<void>;
}

/** A ResourceQuota. */
export async function limit(
  cluster: WorkloadCluster,
  namespace: string,
  hard: Readonly<Record<string, string>>,
): Promise<Refusal> {
  const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'limit' }, spec: { hard } };
  await make(cluster, quotas, body);
  await waitFor('the status of the quota', async () => (await cluster.read(`${quotas}/limit`)).status.hard);
  return { lift: () => remove(cluster, `${quotas}/limit`) };
}

export interface Forbidden {
  readonly group: string;
  readonly resource: string;
  /** A CEL expression about `object`. */
  readonly when: string;
}

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
export const POLICY_MESSAGE = 'not allowed by the policy of the test';
/** The name of a ConfigMap that each policy refuses, to find out whether it is in force. */
const PROBE = 'policy-probe';

/** A ValidatingAdmissionPolicy for one namespace. Resolves when it is in force. */
export async function forbid(
  cluster: WorkloadCluster,
  namespace: string,
  { group, resource, when }: Forbidden,
): Promise<Refusal> {
  const name = `${resource}.${namespace}`;
  const labels = { 'kubernetes.io/metadata.name': namespace };
  await makePolicy(cluster, name, labels, [group, ''], [resource, 'configmaps'], `!(${when})`);
  await waitFor('the policy', async () => (await probe(cluster, namespace)) === 422);
  return {
    async lift() {
      await remove(cluster, `${ADMISSION}/validatingadmissionpolicybindings/${name}`);
      await remove(cluster, `${ADMISSION}/validatingadmissionpolicies/${name}`);
      await waitFor('the end of the policy', async () => (await probe(cluster, namespace)) === 201);
    },
  };
}

/** Refuses all objects of this kind in namespaces with the label `refuse: <resource>`. */
export const forbidWhereLabeled = (cluster: WorkloadCluster, resource: string): Promise<void> =>
  makePolicy(cluster, `labeled-${resource}`, { refuse: resource }, ['*'], [resource], 'false');

async function makePolicy(
  cluster: WorkloadCluster,
  name: string,
  namespaces: Readonly<Record<string, string>>,
  apiGroups: readonly string[],
  resources: readonly string[],
  allowed: string,
): Promise<void> {
  const type = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name } };
  const scope = {
    namespaceSelector: { matchLabels: namespaces },
    resourceRules: [{ apiGroups, apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources }],
  };
  const expression = `object.kind == 'ConfigMap' ? object.metadata.name != '${PROBE}' : ${allowed}`;
  await make(cluster, `${ADMISSION}/validatingadmissionpolicies`, {
    ...type,
    kind: 'ValidatingAdmissionPolicy',
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: scope,
      validations: [{ expression, message: POLICY_MESSAGE }],
    },
  });
  await make(cluster, `${ADMISSION}/validatingadmissionpolicybindings`, {
    ...type,
    kind: 'ValidatingAdmissionPolicyBinding',
    spec: { policyName: name, validationActions: ['Deny'], matchResources: scope },
  });
}

/** The HTTP status of a dry run of the ConfigMap that each policy refuses. */
async function probe({ connection }: WorkloadCluster, namespace: string): Promise<number> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: PROBE } };
  return (await create(connection, `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, body)).status;
}

async function make({ connection }: WorkloadCluster, path: string, body: object): Promise<void> {
  const { status, body: answer } = await create(connection, path, body);
  assert.equal(status, 201, JSON.stringify(answer));
}
