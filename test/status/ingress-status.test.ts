import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, mergePatch } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { foreignIngress, ownClass } from './ingress-objects.ts';
import { collection, makeReal } from './real.ts';
import { INGRESS_SCENARIOS } from './scenarios/ingress.ts';

const find = (cause: string) =>
  INGRESS_SCENARIOS.find((scenario) => scenario.cause === cause) ?? assert.fail(cause);

test('INGRESS_STATUS says whether a machine is Running before its Ingress has an address', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'status');
  const name = 'm-unreported';
  const env = { WATCH_NAMESPACES: namespace };
  const [required, ignored, ignoredClass] = await Promise.all([
    startReadyApi(t, { ...env, INGRESS_STATUS_IGNORED_CLASSES: 'another' }),
    startReadyApi(t, { ...env, INGRESS_STATUS: 'ignored' }),
    startReadyApi(t, {
      ...env,
      INGRESS_STATUS_IGNORED_CLASSES: `another, ${ownClass({ namespace, name })}`,
    }),
  ]);
  const scenario = find('an IngressClass whose controller has not reported an address');
  await (await makeReal(cluster, required, namespace)).make(name, scenario);
  const url = `https://${name}.${namespace}.example.com/`;
  for (const api of [ignored, ignoredClass])
    await until('phase Running', async () => (await api.status(namespace, name)).body.url === url);
  await until('reason IngressNotServed', async () => {
    return (await required.status(namespace, name)).body.reason === 'IngressNotServed';
  });
  const { hint } = (await required.status(namespace, name)).body;
  assert.match(hint, /INGRESS_STATUS_IGNORED_CLASSES/);

  const path = `${collection('Ingress', namespace)}/${name}/status`;
  const address = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
  assert.equal((await mergePatch(cluster, path, address)).status, 200);
  await until('phase Running', async () => (await required.status(namespace, name)).body.url === url);
});

test('the Ingress of another namespace has the host, if that namespace is watched', async (t) => {
  const cluster = connect(t);
  const [namespace, other] = [
    await createNamespace(cluster, 'status'),
    await createNamespace(cluster, 'another'),
  ];
  const all = await startReadyApi(t);
  const one = await startReadyApi(t, { WATCH_NAMESPACES: namespace });
  const real = await makeReal(cluster, all, namespace);
  const elsewhere = await makeReal(cluster, all, other);
  const owner = { name: 'm', namespace: other, uid: '', specDigest: '', host: `m.${namespace}.example.com` };
  await elsewhere.put(foreignIngress(owner, { name: 'a-secret-name' }), new Map());
  await real.make('m', find('an Ingress with class and address'));
  await until('reason HostConflict', async () => {
    return (await all.status(namespace, 'm')).body.reason === 'HostConflict';
  });
  const { body } = await all.status(namespace, 'm');
  assert.match(body.message, /already used by an Ingress in another namespace/);
  assert.ok(!JSON.stringify(body).includes('a-secret-name'));
  await until('phase Running', async () => (await one.status(namespace, 'm')).body.phase === 'Running');
});
