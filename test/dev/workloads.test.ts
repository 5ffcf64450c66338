import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startControlPlane } from '../../dev/control-plane.ts';
import { create, createNamespace, mergePatch } from '../support/cluster.ts';
import {
  remove,
  type Stored,
  startWorkloadCluster,
  type WorkloadCluster,
  waitFor,
} from '../support/workloads.ts';
import { isAlive, temporaryFolder } from './support/processes.ts';

let cluster: WorkloadCluster;

before(async () => {
  cluster = await startWorkloadCluster();
});

after(() => cluster?.stop());

test('a Deployment becomes a running pod with completed init containers and running sidecars', async () => {
  const namespace = await createNamespace(cluster.connection);
  await post(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          initContainers: [
            { name: 'first', image: 'example.com/first' },
            { name: 'sidecar', image: 'example.com/sidecar', restartPolicy: 'Always' },
          ],
          containers: [{ name: 'main', image: 'example.com/main' }],
        },
      },
    },
  });
  const [pod] = await waitFor('a running pod', async () => {
    const pods = await cluster.list(`/api/v1/namespaces/${namespace}/pods`);
    return pods[0]?.status.phase === 'Running' && pods;
  });
  const [first, sidecar] = pod.status.initContainerStatuses;
  assert.equal(first.state.terminated.exitCode, 0);
  assert.ok(sidecar.started && sidecar.state.running.startedAt);
  assert.ok(pod.status.containerStatuses[0].started);
  assert.match(pod.status.podIP, /^10\.244\./);
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  await waitFor('an available Deployment', async () => {
    const { status } = await cluster.read(deployment);
    return status.availableReplicas === 1;
  });
  await mergePatch(cluster.connection, deployment, { spec: { replicas: 0 } });
  await waitFor('no pod', async () => {
    return (await cluster.list(`/api/v1/namespaces/${namespace}/pods`)).length === 0;
  });
});

test('pods are scheduled to nodes that satisfy their requests, or stay unscheduled', async () => {
  const namespace = await createNamespace(cluster.connection);
  await waitFor('a service account', () =>
    cluster.read(`/api/v1/namespaces/${namespace}/serviceaccounts/default`),
  );
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const tolerations = [{ key: 'amd.com/gpu', operator: 'Exists' }];
  const cases: Record<string, [string | undefined, object, string?]> = {
    mig: ['gpu-nvidia', {}, 'nvidia.com/mig-1g.10gb'],
    tolerant: ['gpu-amd', { tolerations }, 'amd.com/gpu'],
    refused: [undefined, {}, 'amd.com/gpu'],
    selected: ['cpu-2', { nodeSelector: { disk: 'ssd' } }],
    nowhere: [undefined, { nodeSelector: { disk: 'tape' } }],
  };
  for (const [name, [, spec, resource]] of Object.entries(cases)) {
    const resources = resource ? { limits: { [resource]: '1' } } : {};
    const containers = [{ name: 'main', image: 'example.com/main', resources }];
    await post(pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...spec, containers } });
  }
  for (const [name, [node]] of Object.entries(cases)) {
    const pod = await waitFor(`a scheduling decision for ${name}`, async () => {
      const found = await cluster.read(`${pods}/${name}`);
      const scheduled = found.status.conditions?.find(({ type }: Stored) => type === 'PodScheduled');
      return scheduled && found;
    });
    assert.equal(pod.spec.nodeName, node, name);
  }
});

test('a volume is provisioned for a PVC, expanded if its class allows it, and deleted with the PVC', async () => {
  const namespace = await createNamespace(cluster.connection);
  const claims = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  const newClaim = (name: string, storageClassName?: string) =>
    post(claims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        ...(storageClassName ? { storageClassName } : {}),
      },
    });
  await Promise.all([newClaim('disk'), newClaim('rigid', 'fixed-size'), newClaim('late', 'on-first-use')]);
  const bound = (name: string, size: string) =>
    waitFor(`${name} of ${size}`, async () => {
      const claim = await cluster.read(`${claims}/${name}`);
      return claim.status.phase === 'Bound' && claim.status.capacity.storage === size && claim;
    });
  const [{ spec }] = await Promise.all([bound('disk', '1Gi'), bound('rigid', '1Gi')]);
  assert.equal(spec.storageClassName, 'standard');
  assert.equal((await cluster.read(`${claims}/late`)).status.phase, 'Pending');

  const larger = { spec: { resources: { requests: { storage: '3000Mi' } } } };
  await mergePatch(cluster.connection, `${claims}/disk`, larger);
  await bound('disk', '3000Mi');
  const volume = `/api/v1/persistentvolumes/${spec.volumeName}`;
  assert.equal((await cluster.read(volume)).spec.capacity.storage, '3000Mi');
  assert.equal((await mergePatch(cluster.connection, `${claims}/rigid`, larger)).status, 403);

  await remove(cluster, `${claims}/disk`);
  await waitFor('the deletion of the PVC and its volume', async () => {
    return !(await cluster.read(`${claims}/disk`)) && !(await cluster.read(volume));
  });
});

test('a deleted namespace disappears with its objects', async () => {
  const namespace = await createNamespace(cluster.connection);
  await remove(cluster, `/api/v1/namespaces/${namespace}`);
  await waitFor('the deletion of the namespace', async () => {
    return !(await cluster.read(`/api/v1/namespaces/${namespace}`));
  });
});

test('nodes are ready and renew their leases', async () => {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const renewals = async () => (await cluster.list(leases)).map(({ spec }: Stored) => spec.renewTime);
  const first = await renewals();
  await waitFor('renewed leases', async () => {
    const now = await renewals();
    return now.length === first.length && now.every((time, index) => time > first[index]);
  });
  const nodes = await cluster.list('/api/v1/nodes');
  assert.equal(nodes.length, first.length);
  for (const { metadata, status, spec } of nodes) {
    const ready = status.conditions.find(({ type }: Stored) => type === 'Ready');
    assert.equal(ready.status, 'True', metadata.name);
    assert.ok(!spec.taints?.some(({ key }: Stored) => key.startsWith('node.kubernetes.io/')), metadata.name);
  }
});

test('an aborted start ends the programs that run by then', async (t) => {
  const dir = await temporaryFolder(t);
  const giveUp = new AbortController();
  let pids: number[] = [];
  const log = (line: string) => {
    if (!line.startsWith('kube-controller-manager')) return;
    pids = recordedPids(dir);
    giveUp.abort(new Error('given up'));
  };
  const start = startControlPlane({ stateDir: dir, workloads: true, log, signal: giveUp.signal });
  await assert.rejects(start, /given up/);
  assert.ok(pids.length >= 3);
  assert.ok(!pids.some(isAlive));
  assert.ok(!existsSync(join(dir, 'processes.json')));
});

test('stop ends all processes', async () => {
  const pids = recordedPids(cluster.controlPlane.stateDir);
  assert.equal(pids.length, 6);
  await cluster.controlPlane.stop();
  assert.ok(!pids.some(isAlive));
});

function recordedPids(stateDir: string): number[] {
  const { processes } = JSON.parse(readFileSync(join(stateDir, 'processes.json'), 'utf8'));
  return processes.map(({ pid }: { pid: number }) => pid);
}

async function post(path: string, body: object): Promise<void> {
  const reply = await create(cluster.connection, path, body);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
}
