import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findAssets } from '../../dev/assets.ts';
import { readContainerConfig } from '../../dev/container-config.ts';
import { operatorPrograms } from '../../dev/operator.ts';
import { OPERATOR } from '../operator/helm.ts';

test('HELM_OPERATOR replaces the pinned helm-operator and must be executable', () => {
  assert.deepEqual(operatorPrograms({}), ['kubectl', 'helm-operator']);
  assert.deepEqual(operatorPrograms({ HELM_OPERATOR: process.execPath }), ['kubectl']);
  assert.throws(
    () => operatorPrograms({ HELM_OPERATOR: import.meta.filename }),
    /HELM_OPERATOR is .*, which is not an executable file/,
  );
});

test('the flags, the settings and the rights of the operator come from operator/config', async () => {
  const { dir } = await findAssets(['kubectl']);
  const config = await readContainerConfig(
    join(dir, 'kubectl'),
    join(OPERATOR, 'config', 'default'),
    'manager',
  );
  assert.equal(config.user, 'system:serviceaccount:devmachine-system:devmachine-controller-manager');
  assert.ok(config.args.includes('--max-concurrent-reconciles=8'));
  assert.ok(config.args.includes('--suppress-override-values'));
  assert.equal(config.env['DEVMACHINE_UNGUARDED_INGRESS'], 'refuse');
  const kinds = new Set(config.rights.map(({ kind }) => kind));
  for (const kind of ['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding'])
    assert.ok(kinds.has(kind), kind);
  assert.ok(!kinds.has('Deployment'));
});

test('the built programs report the versions that go.mod pins', async () => {
  const { dir } = await findAssets(['helm', 'helm3', 'helm-operator']);
  const run = async (program: string, ...args: string[]) =>
    (await promisify(execFile)(join(dir, program), args)).stdout;
  assert.match(await run('helm', 'version', '--short'), /^v4\.\d+\.\d+/);
  assert.match(await run('helm3', 'version', '--short'), /^v3\.\d+\.\d+/);
  assert.match(
    await run('helm-operator', 'version'),
    /^helm-operator version: "v1\.\d+\.\d+", .*kubernetes version: "v1\.\d+\.\d+"/,
  );
});
