import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { testKubeconfig } from '../../support/cluster.ts';
import { kubectl, nodeUnderTest } from './cluster.ts';

let count = 0;

/** Creates a namespace, which is deleted with the test. */
export async function namespaceOf(t: TestContext): Promise<string> {
  const name = `node-${process.pid}-${++count}`;
  await kubectl('create', 'namespace', name);
  t.after(() => kubectl('delete', 'namespace', name, '--wait=false'));
  return name;
}

/** Applies objects in a namespace. */
export async function apply(namespace: string, ...items: readonly object[]): Promise<void> {
  if (items.length === 0) return;
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { status, stderr } = spawnSync(
    nodeUnderTest().kubectl,
    [`--kubeconfig=${testKubeconfig()}`, '-n', namespace, 'apply', '-f', '-'],
    { input: list, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
}

/** Runs a script with the shell of a pod's container, as `kubectl exec` does. Resolves to its output. */
export const exec = (namespace: string, pod: string, script: string, container?: string): Promise<string> =>
  kubectl('-n', namespace, 'exec', pod, ...(container ? ['-c', container] : []), '--', 'sh', '-c', script);
