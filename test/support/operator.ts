import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SPEC_DIGEST_ANNOTATION, specDigest } from '../../src/devmachine/status/spec-digest.ts';
import type { ClusterClient } from '../../src/kube/client/client.ts';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { connect, create, get, mergePatch } from './cluster.ts';

/**
 * Plays the operator for one machine as operator-sdk's helm-operator behaves: it reads the machine, deploys what the spec
 * says, and writes status with the version that it has read; it uninstalls what it has deployed last, and leaves the disk
 * and the access Secret where that manifest says `keep`.
 */
export interface PlayedOperator {
  paused: boolean;
  /** Every release fails. */
  failing: boolean;
  /** How long a deployment takes. */
  slowMs: number;
  /** The generation that it has read last. */
  generation: number;
}

const FINALIZER = 'helm.sdk.operatorframework.io/uninstall-release';

/** Ends with the test. */
export function playOperator(t: TestContext, namespace: string, name: string): PlayedOperator {
  const operator: PlayedOperator = { paused: false, failing: false, slowMs: 20, generation: 0 };
  const path = machinePath({ namespace, name });
  const objects = objectsOf(namespace, name);
  let stopped = false;
  let release: string | undefined;
  t.after(async () => {
    stopped = true;
    await running;
  });
  const cluster = connect(t);

  // biome-ignore lint/suspicious/noExplicitAny: an object of the cluster
  async function uninstall({ metadata: { resourceVersion } }: any): Promise<void> {
    if (!release?.includes('keep')) for (const object of objects) await remove(cluster, object.path);
    release = undefined;
    await mergePatch(cluster, path, { metadata: { finalizers: null, resourceVersion } });
  }

  // biome-ignore lint/suspicious/noExplicitAny: an object of the cluster
  async function deploy({ spec, metadata: { resourceVersion, finalizers, generation } }: any): Promise<void> {
    const metadata = { resourceVersion };
    operator.generation = generation;
    const report = (status: object) => mergePatch(cluster, `${path}/status`, { status, metadata });
    if (operator.failing) return void (await report({ conditions: [FAILED] }));
    await sleep(operator.slowMs);
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

// biome-ignore lint/suspicious/noExplicitAny: a spec of the cluster
function render(spec: any): string {
  const keeps = spec.storage && spec.storage.retention !== 'Delete';
  const kept = keeps ? '  annotations:\n    helm.sh/resource-policy: keep\n' : '';
  const digest = `  annotations:\n    ${SPEC_DIGEST_ANNOTATION}: "${specDigest(spec)}"\n`;
  return Object.entries({ Secret: kept, PersistentVolumeClaim: kept, Deployment: digest })
    .map(([kind, annotations]) => `---\nkind: ${kind}\nmetadata:\n  name: x\n${annotations}`)
    .join('');
}

/** What the operator makes beside the Deployment, here without its finalizers. */
export function objectsOf(namespace: string, name: string) {
  const root = `/api/v1/namespaces/${namespace}`;
  const labels = { 'ide.example.com/devmachine': name };
  const claim = {
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
      body: claim,
    },
    { list: `${root}/secrets`, path: `${root}/secrets/${name}-access`, body: secret },
  ];
}

const remove = (cluster: ClusterClient, path: string) =>
  cluster.request({ method: 'DELETE', path, signal: AbortSignal.timeout(30_000) });
