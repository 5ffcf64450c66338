import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findAssets } from '../../dev/assets.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { connect } from '../support/cluster.ts';
import { CASES } from './cases/all.ts';
import { RUNTIME_CLASS } from './cases/case.ts';
import { type Manifest, NAME, OPERATOR, objects, only, render } from './helm.ts';

/** The API server accepts all objects of the chart and of config/, with strict field validation. */

const run = promisify(execFile);

test('the objects of a machine', async (t) => {
  const cluster = connect(t);
  const suffix = Date.now().toString(36);
  const namespaceOf = (root = false) => `${root ? 'baseline' : 'restricted'}-${suffix}`;
  for (const root of [false, true]) {
    const name = namespaceOf(root);
    const labels = { 'pod-security.kubernetes.io/enforce': root ? 'baseline' : 'restricted' };
    await accepts(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }, {});
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: name } };
    await accepts(cluster, account, {});
  }

  await accepts(cluster, RUNTIME_CLASS, {});

  for (const { name, spec, admin, root } of CASES) {
    await t.test(name, async () => {
      const namespace = namespaceOf(root);
      const list = await render(spec, { namespace, ...(admin && { admin }) });
      for (const object of list) await accepts(cluster, object);
      // PodSecurity refuses pods, but never a Deployment.
      const { metadata, spec: pod } = only(list, 'Deployment').spec.template;
      const named = { ...metadata, name: NAME, namespace };
      await accepts(cluster, { apiVersion: 'v1', kind: 'Pod', metadata: named, spec: pod });
    });
  }
});

test('the objects of config/', async (t) => {
  const cluster = connect(t);
  const { dir } = await findAssets(['kubectl']);
  const kustomize = async (folder: string) =>
    (await run(join(dir, 'kubectl'), ['kustomize', folder], { cwd: OPERATOR })).stdout;
  const texts = [
    await kustomize('config/default'),
    await kustomize('config/samples'),
    await readFile(join(OPERATOR, 'secret', 'dock_login_secret.yaml'), 'utf8'),
  ];
  for (const object of texts.flatMap(objects)) {
    await t.test(`${object.kind} ${object.metadata.name}`, async () => {
      const namespaced = object.metadata.namespace || object.kind === 'DevMachine';
      await accepts(cluster, namespaced ? inDefault(object) : object);
    });
  }
});

/** The namespace of the operator does not exist. */
const inDefault = (object: Manifest): Manifest => ({
  ...object,
  metadata: { ...object.metadata, namespace: 'default' },
});

async function accepts(
  cluster: ClusterClient,
  object: Manifest,
  query: Record<string, string> = { dryRun: 'All' },
): Promise<void> {
  const { status, body } = await cluster.request({
    method: 'POST',
    path: collection(object),
    query: { fieldValidation: 'Strict', ...query },
    body: object,
    contentType: 'application/json',
    signal: AbortSignal.timeout(30_000),
  });
  const exists = status === 409 && (body as { reason: string }).reason === 'AlreadyExists';
  assert.ok(status === 201 || exists, `${object.kind} ${object.metadata.name}: ${JSON.stringify(body)}`);
}

/** The resource name of a kind. */
const plural = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
};

function collection({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inNamespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
  return `${root}${inNamespace}/${plural(kind)}`;
}
