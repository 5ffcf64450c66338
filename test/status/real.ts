import assert from 'node:assert/strict';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import type { Api, ApiResponse } from '../support/api.ts';
import { create, mergePatch } from '../support/cluster.ts';
import type { Owner, Raw } from './objects.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { specOf } from './stored.ts';

/** Machines and their objects on a real API server. Only the test creates and changes them. */
export interface Real {
  /** Resolves with the time of the last change (performance.now()). */
  make(name: string, scenario: Scenario): Promise<number>;
  status(name: string): Promise<ApiResponse>;
  put(raw: Raw, uids: Map<string, string>): Promise<void>;
}

const GROUPS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1/namespaces/NS/deployments',
  Pod: 'api/v1/namespaces/NS/pods',
  PersistentVolumeClaim: 'api/v1/namespaces/NS/persistentvolumeclaims',
  Ingress: 'apis/networking.k8s.io/v1/namespaces/NS/ingresses',
  IngressClass: 'apis/networking.k8s.io/v1/ingressclasses',
  Certificate: 'apis/cert-manager.io/v1/namespaces/NS/certificates',
  EndpointSlice: 'apis/discovery.k8s.io/v1/namespaces/NS/endpointslices',
  Event: 'api/v1/namespaces/NS/events',
  ResourceQuota: 'api/v1/namespaces/NS/resourcequotas',
};

export const collection = (kind: string, namespace: string): string =>
  `/${GROUPS[kind]}`.replace('NS', namespace);

export async function makeReal(cluster: ClusterClient, api: Api, namespace: string): Promise<Real> {
  // Usually a controller creates it, but the test cluster may have none.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await create(cluster, `/api/v1/namespaces/${namespace}/serviceaccounts`, account);

  /** Creates the object, then sets its status through the subresource. */
  async function put({ status, ...raw }: Raw, uids: Map<string, string>): Promise<void> {
    const path = collection(raw.kind, namespace);
    const reply = await create(cluster, path, withUids(raw, uids));
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    uids.set(raw.metadata.name, reply.body.metadata.uid);
    if (!status) return;
    const patched = await mergePatch(cluster, `${path}/${raw.metadata.name}/status`, { status });
    assert.equal(patched.status, 200, JSON.stringify(patched.body));
  }

  async function make(name: string, scenario: Scenario): Promise<number> {
    const host = `${name}.${namespace}.example.com`;
    const created = await api.create(namespace, name, specOf(scenario, host));
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const { spec, metadata } = created.body;
    const owner: Owner = { name, namespace, host, uid: metadata.uid, specDigest: specDigest(spec) };
    const path = machinePath(owner);
    const { conditions, finalizers } = scenario;
    if (finalizers) await patch(cluster, path, { metadata: { finalizers } });
    if (conditions) await patch(cluster, `${path}/status`, { status: { conditions } });
    const uids = new Map<string, string>();
    for (const raw of scenario.objects(owner)) await put(raw, uids);
    for (const pod of scenario.terminating?.(owner) ?? []) {
      const body = { gracePeriodSeconds: 30 };
      const reply = await cluster.request({
        method: 'DELETE',
        path: `${collection('Pod', namespace)}/${pod}`,
        body,
        contentType: 'application/json',
        signal: AbortSignal.timeout(30_000),
      });
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
    }
    if (scenario.delete) assert.equal((await api.delete(namespace, name)).status, 202);
    return performance.now();
  }

  return { make, put, status: (name) => api.status(namespace, name) };
}

async function patch(cluster: ClusterClient, path: string, body: object): Promise<void> {
  const reply = await mergePatch(cluster, path, body);
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
}

/** Events of pods and endpoints refer to the pod by its uid, which the API server has assigned. */
function withUids(raw: Raw, uids: Map<string, string>): Raw {
  const { involvedObject, endpoints } = raw;
  return {
    ...raw,
    ...(involvedObject ? { involvedObject: { uid: uids.get(involvedObject.name), ...involvedObject } } : {}),
    ...(endpoints
      ? {
          endpoints: endpoints.map((endpoint: Raw) => ({
            ...endpoint,
            targetRef: { ...endpoint.targetRef, uid: uids.get(endpoint.targetRef.name) },
          })),
        }
      : {}),
  };
}
