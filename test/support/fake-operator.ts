import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SPEC_DIGEST_ANNOTATION, specDigest } from '../../src/devmachine/status/spec-digest.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { connect, create, get, mergePatch } from './cluster.ts';

/**
 * Reconciles one machine as operator-sdk's helm-operator does: it reads the machine, deploys its spec, and writes the status
 * with the resourceVersion that it has read. It uninstalls the last deployed manifest, and keeps the disk and the access
 * Secret if the manifest has the resource policy `keep`.
 */
export interface FakeOperator {
  paused: boolean;
  /** Whether every release fails. */
  failing: boolean;
  /** How long a deployment takes, in ms. */
  deployMs: number;
  /** The generation that it has read last. */
  generation: number;
}

const FINALIZER = 'helm.sdk.operatorframework.io/uninstall-release';

/** Runs until the end of the test. */
export function startFakeOperator(t: TestContext, namespace: string, name: string): FakeOperator {
  const operator: FakeOperator = { paused: false, failing: false, deployMs: 20, generation: 0 };
  const path = machinePath({ namespace, name });
  const objects = objectsOf(namespace, name);
  let stopped = false;
  let release: string | undefined;
  t.after(async () => {
    stopped = true;
    await running;
  });
  const cluster = connect(t);

  // biome-ignore lint/suspicious/noExplicitAny: an object as the API server returns it
  async function uninstall({ metadata: { resourceVersion } }: any): Promise<void> {
    if (!release?.includes('keep')) for (const object of objects) await remove(cluster, object.path);
    release = undefined;
    await mergePatch(cluster, path, { metadata: { finalizers: null, resourceVersion } });
  }

  // biome-ignore lint/suspicious/noExplicitAny: an object as the API server returns it
  async function deploy({ spec, metadata: { resourceVersion, finalizers, generation } }: any): Promise<void> {
    const metadata = { resourceVersion };
    operator.generation = generation;
    const report = (status: object) => mergePatch(cluster, `${path}/status`, { status, metadata });
    if (operator.failing) return void (await report({ conditions: [FAILED] }));
    await sleep(operator.deployMs);
    release = render(spec);
    for (const object of spec.storage ? objects : []) await create(cluster, object.list, object.body);
    if (!finalizers) {
      await mergePatch(cluster, path, { metadata: { ...metadata, finalizers: [FINALIZER] } });
    } else {
      await report({ conditions: [DEPLOYED], deployedRelease: { name, manifest: release } });
    }
  }

  const running = (async () => {
    while (!stopped) {
      await sleep(20);
      const { status, body } = operator.paused ? { status: 0, body: undefined } : await get(cluster, path);
      if (status === 200) await (body.metadata.deletionTimestamp ? uninstall : deploy)(body);
    }
  })();
  return operator;
}

const FAILED = { type: 'ReleaseFailed', status: 'True', reason: 'UpgradeError', message: 'no' };
const DEPLOYED = { type: 'Deployed', status: 'True' };

// biome-ignore lint/suspicious/noExplicitAny: a spec as the API server returns it
function render(spec: any): string {
  const isKept = spec.storage && spec.storage.retention !== 'Delete';
  const keep = isKept ? '  annotations:\n    helm.sh/resource-policy: keep\n' : '';
  const digest = `  annotations:\n    ${SPEC_DIGEST_ANNOTATION}: "${specDigest(spec)}"\n`;
  return Object.entries({ Secret: keep, PersistentVolumeClaim: keep, Deployment: digest })
    .map(([kind, annotations]) => `---\nkind: ${kind}\nmetadata:\n  name: x\n${annotations}`)
    .join('');
}

/** The objects that the operator creates besides the Deployment, without their finalizers. */
export function objectsOf(namespace: string, name: string) {
  const root = `/api/v1/namespaces/${namespace}`;
  const labels = { 'ide.example.com/devmachine': name };
  const pvc = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `${name}-disk`, labels },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: `${name}-access`, labels } };
  return [
    {
      list: `${root}/persistentvolumeclaims`,
      path: `${root}/persistentvolumeclaims/${name}-disk`,
      body: pvc,
    },
    { list: `${root}/secrets`, path: `${root}/secrets/${name}-access`, body: secret },
  ];
}

const remove = (cluster: ClusterClient, path: string) =>
  cluster.request({ method: 'DELETE', path, signal: AbortSignal.timeout(30_000) });
