import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import WebSocket from 'ws';
import { create, createNamespace } from '../../support/cluster.ts';
import { startWorkloadCluster, waitFor } from '../../support/workloads.ts';
import { startGateway, startPod } from './pod.ts';

/** The host of the Ingress. Hosts are the same in any case. */
export const HOST = 'Web.localhost';

type Options = NonNullable<Parameters<typeof request>[1]>;

/** A cluster whose pods are reached through a gateway, with the Deployment, Service and Ingress `web`. */
export async function startRelayCluster() {
  const folder = await mkdtemp(join(tmpdir(), 'devmachine-relay-'));
  const pod = await startPod();
  const gateway = await startGateway(folder, pod.port);
  const cluster = await startWorkloadCluster({ ingress: { gatewaySocket: gateway.socketPath } });
  const port = cluster.controlPlane.workloads?.ingressPort ?? 0;
  const namespace = await createNamespace(cluster.connection);
  const ingresses = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;

  const post = async (path: string, body: object) => {
    const { status, body: answer } = await create(cluster.connection, path, body);
    assert.equal(status, 201, JSON.stringify(answer));
  };
  const createIngress = (name: string, host: string, ingressClassName?: string) => {
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const paths = [{ path: '/', pathType: 'Prefix', backend }];
    const spec = { ingressClassName, rules: [{ host, http: { paths } }] };
    return post(ingresses, { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name }, spec });
  };
  const get = (path: string, { headers, ...options }: Options = {}) =>
    request(`http://127.0.0.1:${port}${path}`, {
      ...options,
      headers: { host: HOST, ...(headers as object) },
      reset: true,
    });
  const call = async (path: string, options?: Options) => {
    const { statusCode, headers, body } = await get(path, options);
    return { status: statusCode, headers, text: await body.text() };
  };
  const untilStatus = (status: number, host = HOST) =>
    waitFor(`status ${status}`, async () => (await call('/', { headers: { host } })).status === status);

  const labels = { app: 'web' };
  const containers = [
    { name: 'main', image: 'example.com/main', ports: [{ name: 'ui', containerPort: 8443 }] },
  ];
  await post(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  await post(`/api/v1/namespaces/${namespace}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'ui' }] },
  });
  await createIngress('web', 'web.localhost');
  await untilStatus(200);

  return {
    ...{ cluster, namespace, ingresses, port, pod, gateway, createIngress },
    /** Requests a path of `web` as a stream, or as a text. */
    ...{ get, call },
    untilStatus,
    /** Sends bytes unchanged. Resolves with everything that is answered until the relay ends the connection. */
    send: (bytes: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
        socket.setEncoding('latin1').on('data', (chunk) => {
          text += chunk;
        });
        socket.on('error', reject).on('end', () => resolve(text));
      }),
    open: (path: string, headers: Record<string, string> = {}) =>
      new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: HOST, ...headers } }),
    stop: async () => {
      await cluster.stop();
      gateway.close();
      pod.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a pod got, each header as often as it got it. */
export function received(rawHeaders: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value];
  }
  return headers;
}
