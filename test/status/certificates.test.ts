import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startControlPlane } from '../../dev/control-plane.ts';
import { applyCrd } from '../../dev/crd.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { makeReal } from './real.ts';
import { CERTIFICATE_SCENARIOS } from './scenarios/certificate.ts';

const CRD = join(import.meta.dirname, 'certificate-crd.yaml');
const CRD_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/certificates.cert-manager.io';

test('a machine whose certificate cert-manager issues waits for it; cert-manager may come and go', async (t) => {
  // Of its own, because the CRD changes the API of the whole cluster.
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const controlPlane = await startControlPlane({ stateDir });
  t.after(async () => {
    await controlPlane.stop();
    await rm(stateDir, { recursive: true, force: true });
  });
  await applyCrd(controlPlane, join(import.meta.dirname, '../../crd/devmachine-crd.yaml'));
  const { kubeconfig } = controlPlane;
  const cluster = connect(t, kubeconfig);
  const namespace = await createNamespace(cluster, 'status');
  const api = await startReadyApi(t, { KUBECONFIG: kubeconfig });
  const real = await makeReal(cluster, api, namespace);
  const untilSays = (name: string, message: RegExp) =>
    until(`${name} to say ${message}`, async () => message.test((await real.status(name)).body.message));

  const [waiting] = CERTIFICATE_SCENARIOS;
  assert.ok(waiting);
  await real.make('m-early', waiting);
  await untilSays('m-early', /cert-manager is not installed/);
  const { phase, hint, resources } = (await real.status('m-early')).body;
  assert.deepEqual([phase, resources.unknown], ['Starting', []]);
  assert.match(hint, /whether cert-manager is installed/);

  await applyCrd(controlPlane, CRD);
  await untilSays('m-early', waiting.message);
  for (const [number, scenario] of CERTIFICATE_SCENARIOS.entries()) {
    const name = `m-${number}`;
    await real.make(name, scenario);
    await untilSays(name, scenario.message);
    const { body } = await real.status(name);
    assert.deepEqual([body.phase, body.reason], [scenario.phase, scenario.reason]);
    assert.equal(body.url !== undefined, body.phase === 'Running');
  }

  const signal = AbortSignal.timeout(30_000);
  await cluster.request({ method: 'DELETE', path: CRD_PATH, signal });
  await untilSays(`m-${CERTIFICATE_SCENARIOS.length - 1}`, /cert-manager is not installed/);
  assert.equal((await api.call('GET', '/readyz')).status, 200);
  // Once before the CRD was there, and once after, however often the backend has tried.
  const notServed = () => api.log.filter((line) => line.includes('not served by the cluster'));
  await until('both lines of the log', () => notServed().length === 2);
});
