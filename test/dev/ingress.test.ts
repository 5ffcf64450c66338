import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ingress } from '../status/ingress-objects.ts';
import { create, createNamespace, get, mergePatch } from '../support/cluster.ts';
import { startWorkloadCluster, type WorkloadCluster, waitFor } from '../support/workloads.ts';

let cluster: WorkloadCluster;
let path: string;

before(async () => {
  cluster = await startWorkloadCluster();
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
    return status.loadBalancer.ingress?.[0]?.hostname === 'localhost';
  });

test('an Ingress without class gets the default class and an address, and gets it again', async () => {
  await createIngress('foreign', 'other');
  await createIngress('plain');
  await untilServed('plain');
  assert.equal((await read('plain')).spec.ingressClassName, 'development');
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
