import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldPointer, toFieldConflict } from '../../../src/kube/managed-fields/conflict.ts';

const spec = {
  port: 1,
  nodeSelector: { a: 'x', 'a.b': 'y', 'example.com/zone': 'z' },
  env: [{ name: 'A' }, { name: 'B.x=1', value: '2' }, { name: 'C"]' }],
  set: ['p', 'q'],
  pairs: [{ port: 80, protocol: 'TCP' }],
};

test('converts a field path to a JSON pointer into the applied object', () => {
  const expected: Record<string, string | undefined> = {
    '.spec.port': '/spec/port',
    '.spec.nodeSelector.a': '/spec/nodeSelector/a',
    '.spec.nodeSelector.a.b': '/spec/nodeSelector/a.b',
    '.spec.nodeSelector.example.com/zone': '/spec/nodeSelector/example.com~1zone',
    '.spec.env[name="A"]': '/spec/env/0',
    '.spec.env[name="B.x=1"].value': '/spec/env/1/value',
    '.spec.env[name="C\\"]"].name': '/spec/env/2/name',
    '.spec.set[="q"]': '/spec/set/1',
    '.spec.set[0]': '/spec/set/0',
    '.spec.pairs[port=80,protocol="TCP"].port': '/spec/pairs/0/port',
    '.spec.env[name="absent"]': undefined,
    '.spec.absent': undefined,
    'spec.port': undefined,
  };
  for (const [path, pointer] of Object.entries(expected)) {
    assert.equal(fieldPointer({ spec }, path), pointer, path);
  }
});

test('groups the managers by field, and ignores refusals that are no field conflict', () => {
  const cause = (field: string, manager: string) => ({
    reason: 'FieldManagerConflict',
    field,
    message: `conflict with "${manager}" using ide.example.com/v1alpha1 at 2026-01-01T00:00:00Z`,
  });
  const causes = [cause('.spec.port', 'a'), cause('.spec.port', 'b'), cause('.spec.absent.x', 'a')];
  const response = (details: object) => ({ status: 409, headers: {}, body: { kind: 'Status', details } });
  const key = { namespace: 'n', name: 'm' };
  const conflict = toFieldConflict(key, response({ causes }), { spec });
  assert.equal(conflict?.code, 'conflict');
  assert.deepEqual(
    conflict?.errors.map(({ pointer, managers }) => [pointer, managers]),
    [
      ['/spec/port', ['a', 'b']],
      ['/spec/absent/x', ['a']],
    ],
  );
  assert.equal(toFieldConflict(key, response({}), { spec }), undefined);
  assert.equal(toFieldConflict(key, { ...response({ causes }), status: 422 }, { spec }), undefined);
});
