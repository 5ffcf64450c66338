import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldOwners } from '../../../src/kube/managed-fields/owners.ts';

const object = {
  spec: {
    cpu: 2,
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
    args: ['x', 'y'],
    set: ['p', 'q'],
    storage: { size: '1Gi', retention: 'Retain' },
  },
};

const entries = [
  {
    manager: 'api',
    fieldsV1: {
      'f:spec': {
        'f:cpu': {},
        'f:args': {},
        'f:storage': { '.': {}, 'f:size': {} },
        'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
      },
    },
  },
  {
    manager: 'gitops',
    fieldsV1: {
      'f:spec': { 'f:cpu': {}, 'f:set': { 'v:"q"': {} }, 'f:env': { 'k:{"name":"B"}': { 'f:name': {} } } },
    },
  },
  { manager: 'operator', fieldsV1: { 'f:status': { 'f:conditions': {} } } },
  { manager: 'empty' },
];

test('returns the managers of a field, of a field below it, and of a parent that owns it whole', () => {
  const expected: Record<string, string[]> = {
    '/spec/cpu': ['api', 'gitops'],
    '/spec': ['api', 'gitops'],
    '/spec/env': ['api', 'gitops'],
    '/spec/env/0/value': ['api'],
    '/spec/env/1/value': [],
    '/spec/env/1/name': ['gitops'],
    '/spec/env/2': [],
    '/spec/args/1': ['api'],
    '/spec/set/1': ['gitops'],
    '/spec/set/0': [],
    '/spec/storage': ['api'],
    '/spec/storage/size': ['api'],
    '/spec/storage/retention': [],
    '/spec/gpu': [],
    '/status/conditions/0/type': ['operator'],
  };
  for (const [pointer, managers] of Object.entries(expected)) {
    assert.deepEqual(fieldOwners(entries, object, pointer), managers, pointer);
  }
});
