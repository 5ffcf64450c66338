import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLeftToDefault, ownedSpec } from '../../../src/kube/managed-fields/owned.ts';
import type { MachineObject } from '../../../src/kube/resources/devmachine.ts';

const object = (spec: object, fields: Record<string, object>): MachineObject =>
  ({
    spec,
    metadata: {
      managedFields: Object.entries(fields).map(([name, set]) => {
        const [manager, operation = 'Apply'] = name.split(' ');
        return { manager, operation, fieldsV1: { 'f:spec': set } };
      }),
    },
  }) as unknown as MachineObject;

const live = {
  cpu: 1,
  memory: '4Gi',
  stopped: false,
  args: ['x'],
  ingress: { className: 'nginx' },
  nodeSelector: { 'example.com/zone': 'a', disk: 'ssd' },
  storage: { size: '1Gi', retention: 'Retain' },
  env: [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ],
  imagePullSecrets: [{ name: 'theirs' }],
};

test('returns the fields that this API applied, without defaults and fields of other managers', () => {
  const machine = object(live, {
    'devmachine-api': {
      'f:memory': {},
      'f:args': {},
      'f:ingress': {},
      'f:imagePullSecrets': {},
      'f:nodeSelector': { 'f:disk': {} },
      'f:storage': { 'f:size': {} },
      'f:env': { 'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
    },
    'devmachine-api Update': { 'f:cpu': {} },
    'gitops Apply': {
      'f:ingress': { 'f:className': {} },
      'f:nodeSelector': { 'f:example.com/zone': {} },
      'f:imagePullSecrets': { 'k:{"name":"theirs"}': { '.': {}, 'f:name': {} } },
      'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
    },
  });
  assert.deepEqual(ownedSpec(machine), {
    memory: '4Gi',
    args: ['x'],
    ingress: {},
    imagePullSecrets: [],
    nodeSelector: { disk: 'ssd' },
    storage: { size: '1Gi' },
    env: [{ name: 'B', value: '2' }],
  });
});

test('owns nothing of a machine that this API has not applied', () => {
  assert.deepEqual(ownedSpec(object(live, { 'kubectl-create Update': { 'f:memory': {} } })), {});
  assert.deepEqual(ownedSpec({ ...object(live, {}), metadata: {} } as MachineObject), {});
});

test('a default counts as unset unless another manager has applied it', () => {
  const owned = (manager: string) => object(live, { [manager]: { 'f:stopped': {} } });
  assert.equal(isLeftToDefault(owned('kubectl-create Update'), '/spec/stopped', false), true);
  assert.equal(isLeftToDefault(owned('devmachine-api Apply'), '/spec/stopped', false), true);
  assert.equal(isLeftToDefault(owned('gitops Apply'), '/spec/stopped', false), false);
  assert.equal(isLeftToDefault(owned('kubectl-create Update'), '/spec/stopped', true), false);
});
