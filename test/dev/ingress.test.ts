import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import { startIngressController } from '../../dev/ingress/component.ts';
import { ingress } from '../status/ingress-objects.ts';
import { create, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { startWorkloadCluster, type WorkloadCluster, waitFor } from '../support/workloads.ts';

let cluster: WorkloadCluster;
let path: string;
let port: number;

before(async () => {
  cluster = await startWorkloadCluster();
  port = cluster.controlPlane.workloads?.ingressPort ?? 0;
  path = `/apis/networking.k8s.io/v1/namespaces/${await createNamespace(cluster.connection)}/ingresses`;
});

after(() => cluster?.stop());

async function createIngress(name: string, className?: string): Promise<void> {
  const owner = { name, namespace: '', uid: '', specDigest: '', host: `${name}.example.com` };
  const { metadata, ...object } = ingress(owner, className === undefined ? {} : { className });
  const { namespace: _, ...rest } = metadata;
  const { status, body } = await create(cluster.connection, path, { ...object, metadata: rest });
  assert.equal(status, 201, JSON.stringify(body));
}

const read = (name: string) => cluster.read(`${path}/${name}`);

const untilServed = (name: string) =>
  waitFor(`the address of ${name}`, async () => {
    const { status } = await read(name);
    return status.loadBalancer.ingress?.[0]?.ports?.[0].port === port;
  });

test('an Ingress without class gets the default class and an address, and gets it again', async () => {
  await createIngress('foreign', 'other');
  await createIngress('plain');
  await untilServed('plain');
  const { spec, status: reported } = await read('plain');
  assert.equal(spec.ingressClassName, 'development');
  assert.deepEqual(reported.loadBalancer.ingress, [
    { hostname: 'localhost', ports: [{ port, protocol: 'TCP' }] },
  ]);
  const status = { loadBalancer: { ingress: [{ hostname: 'elsewhere' }] } };
  assert.equal((await mergePatch(cluster.connection, `${path}/plain/status`, { status })).status, 200);
  await untilServed('plain');
  assert.equal((await read('foreign')).status.loadBalancer.ingress, undefined);
});

test('after a crash of the controller and a restart of the API server, it goes on', async () => {
  const { workloads, apiserver } = cluster.controlPlane;
  await workloads?.ingressController.kill('SIGKILL');
  await createIngress('meanwhile');
  await workloads?.ingressController.start();
  await untilServed('meanwhile');

  await apiserver.kill('SIGKILL');
  await apiserver.start();
  await waitFor('the API server', async () => {
    return (await get(cluster.connection, path).catch(() => undefined))?.status === 200;
  });
  await createIngress('afterwards');
  await untilServed('afterwards');
});

test('without a gateway, the page of a machine says that its pod is simulated', async () => {
  const namespace = path.split('/')[5];
  const core = `/api/v1/namespaces/${namespace}`;
  const ready = { metadata: { name: 'simulated', labels: { app: 'simulated' } } };
  const objects: [string, object][] = [
    [
      `${core}/services`,
      {
        metadata: ready.metadata,
        spec: { selector: ready.metadata.labels, ports: [{ name: 'http', port: 80 }] },
      },
    ],
    [`${core}/pods`, { ...ready, spec: { containers: [{ name: 'main', image: 'example.com/main' }] } }],
  ];
  await waitFor('a service account', () => cluster.read(`${core}/serviceaccounts/default`));
  for (const [collection, object] of objects)
    assert.equal((await create(cluster.connection, collection, object)).status, 201);
  await createIngress('simulated');
  const { status, text } = await waitFor('an endpoint', async () => {
    const headers = { host: 'simulated.example.com' };
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/`, { headers });
    const answer = { status: statusCode, text: await body.text() };
    return answer.text.includes('not ready') || statusCode === 404 ? undefined : answer;
  });
  assert.equal(status, 200);
  assert.ok(
    text.includes(`The pod of the machine simulated in the namespace ${namespace} is simulated by kwok.`),
  );
  assert.ok(text.includes('Nothing really runs at simulated.example.com.'));
  assert.ok(text.includes('npm run dev -- --real-node'));
});

test('a port in use is an error', async () => {
  await assert.rejects(
    startIngressController(cluster.controlPlane, { port }),
    new RegExp(`cannot listen on port ${port}: it is in use`),
  );
});
