import assert from 'node:assert/strict';
import { create } from '../support/cluster.ts';
import { MACHINE, type WorkloadCluster, waitFor } from '../support/workloads.ts';

/** What makes the API server refuse a change of a machine. */

export const quotas = (namespace: string) => `/api/v1/namespaces/${namespace}/resourcequotas`;

/** Creates a quota. Resolves to its path, once it is in effect. */
export async function limit(cluster: WorkloadCluster, namespace: string, hard: object): Promise<string> {
  const path = `${quotas(namespace)}/limited`;
  await make(cluster, quotas(namespace), {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'limited' },
    spec: { hard },
  });
  await waitFor('the status of the quota', async () => (await cluster.read(path)).status.used);
  return path;
}

/**
 * Creates a policy against new Ingresses in the namespace, whose message has the password of the machine. Resolves to the
 * path of the object that puts it into effect.
 */
export async function forbidIngresses(cluster: WorkloadCluster, namespace: string): Promise<string> {
  const group = '/apis/admissionregistration.k8s.io/v1';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: `no-ingresses-in-${namespace}` };
  await make(cluster, `${group}/validatingadmissionpolicies`, {
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
  const binding = `${group}/validatingadmissionpolicybindings`;
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
  return `${binding}/${metadata.name}`;
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

async function make(cluster: WorkloadCluster, path: string, body: object): Promise<void> {
  const reply = await create(cluster.connection, path, body);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
}
