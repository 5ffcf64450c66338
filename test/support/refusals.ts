import assert from 'node:assert/strict';
import { create } from './cluster.ts';
import { MACHINE, remove, type WorkloadCluster, waitFor } from './workloads.ts';

/** Makes the cluster refuse objects, as administrators do. */

export interface Refusal {
  /** Resolves when the cluster accepts the objects again. */
  lift(): Promise<void>;
}

/** A ResourceQuota with the name `limited`. */
export interface Limit extends Refusal {
  readonly path: string;
}

/** Resolves when the quota is in effect. */
export async function limit(
  cluster: WorkloadCluster,
  namespace: string,
  hard: Readonly<Record<string, string>>,
): Promise<Limit> {
  const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const path = `${quotas}/limited`;
  await make(cluster, quotas, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'limited' },
    spec: { hard },
  });
  await waitFor('the status of the quota', async () => (await cluster.read(path)).status.used);
  return { path, lift: () => remove(cluster, path) };
}

export interface Forbidden {
  readonly group: string;
  readonly resource: string;
  /** A CEL expression about `object`. */
  readonly when: string;
}

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const POLICY_MESSAGE = 'not allowed by the policy of the test';
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

/** A policy against new Ingresses in the namespace, whose message has the password of the machine. */
export async function forbidIngresses(cluster: WorkloadCluster, namespace: string): Promise<Refusal> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: `no-ingresses-in-${namespace}` };
  await make(cluster, `${ADMISSION}/validatingadmissionpolicies`, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: {
      failurePolicy: 'Fail',
      paramKind: { apiVersion: 'v1', kind: 'Secret' },
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['networking.k8s.io'],
            apiVersions: ['v1'],
            resources: ['ingresses'],
            operations: ['CREATE'],
          },
        ],
      },
      validations: [
        {
          expression: 'false',
          messageExpression: "'Hosts are assigned by hand. ' + string(params.data.password)",
        },
      ],
    },
  });
  const binding = `${ADMISSION}/validatingadmissionpolicybindings`;
  await make(cluster, binding, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: {
      policyName: metadata.name,
      paramRef: { name: `${MACHINE}-access`, namespace, parameterNotFoundAction: 'Allow' },
      matchResources: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      },
      validationActions: ['Deny'],
    },
  });
  await waitFor('the policy', async () => !(await acceptsIngress(cluster, namespace)));
  return { lift: () => remove(cluster, `${binding}/${metadata.name}`) };
}

/** Whether the API server would create an Ingress: quotas and policies take a moment to take effect, and to end. */
export async function acceptsIngress(cluster: WorkloadCluster, namespace: string): Promise<boolean> {
  const { status } = await cluster.connection.request({
    method: 'POST',
    path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
    query: { dryRun: 'All' },
    body: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'probe' },
      spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } },
    },
    contentType: 'application/json',
    signal: AbortSignal.timeout(30_000),
  });
  return status < 300;
}

async function make({ connection }: WorkloadCluster, path: string, body: object): Promise<void> {
  const { status, body: answer } = await create(connection, path, body);
  assert.equal(status, 201, JSON.stringify(answer));
}
