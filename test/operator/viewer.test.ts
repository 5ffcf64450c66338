import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { applyObjects } from '../../dev/apply.ts';
import { createKubeClient } from '../../dev/kube-client.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import {
  addOperator,
  deployedManifest,
  newMachine,
  startWorkloadCluster,
  type WorkloadCluster,
} from '../support/workloads.ts';
import { OPERATOR, objects, only } from './helm.ts';

/** A user who may view machines cannot find a password anywhere. */

let cluster: WorkloadCluster;

before(async () => {
  cluster = await startWorkloadCluster();
  await addOperator(cluster);
});

after(() => cluster?.stop());

test('nothing that the viewer role can read contains the password of a machine', async () => {
  const { machine, namespace } = await newMachine(cluster);
  await machine.apply(EXAMPLE_SPEC);
  await machine.running();
  await machine.apply({ ...EXAMPLE_SPEC, cpu: 3 });
  await machine.settled();
  const encoded = (await machine.access()).data.password as string;
  const secrets = [encoded, atob(encoded)];
  const manifest = await deployedManifest(cluster, namespace);
  assert.ok(manifest?.includes(encoded), 'the manifest of the release does not contain the password');

  const bodies = await readAllAsViewer();
  assert.ok(bodies.some((body) => body.includes('"kind":"DevMachineList"') && body.includes('"Deployed"')));
  for (const secret of secrets)
    assert.deepEqual(
      bodies.filter((body) => body.includes(secret)),
      [],
    );
});

/** The bodies of all lists, of all resources and versions, that a user with only the viewer role can read. */
async function readAllAsViewer(): Promise<string[]> {
  const role = only(
    objects(await readFile(join(OPERATOR, 'config/rbac/devmachine_viewer_role.yaml'), 'utf8')),
    'ClusterRole',
  );
  const metadata = { name: role.metadata.name };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'viewer' }];
  const binding = { apiVersion: role.apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects };
  await applyObjects(cluster.controlPlane, [role, binding]);

  const client = createKubeClient(cluster.controlPlane.server, await cluster.controlPlane.tlsFor('viewer'));
  try {
    const bodies: string[] = [];
    for (const path of await collections()) {
      const { status, text } = await client.get(path);
      if (status === 200) bodies.push(text);
      else assert.ok(status === 403 || status === 405, `${path}: ${status}`);
    }
    return bodies;
  } finally {
    await client.close();
  }
}

/** The paths of all resources that can be listed. */
async function collections(): Promise<string[]> {
  const groups = (await cluster.read('/apis')).groups.flatMap(
    ({ versions }: { versions: { groupVersion: string }[] }) => versions,
  );
  const roots = [
    '/api/v1',
    ...groups.map(({ groupVersion }: { groupVersion: string }) => `/apis/${groupVersion}`),
  ];
  const paths = await Promise.all(
    roots.map(async (root) => {
      const { resources } = await cluster.read(root);
      const listed = resources.filter(({ verbs }: { verbs: string[] }) => verbs.includes('list'));
      return listed.map(({ name }: { name: string }) => `${root}/${name}`);
    }),
  );
  return paths.flat();
}
