import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TSchema } from '@sinclair/typebox';
import { RULES, type Rule, ruleViolations } from '../../../src/devmachine/schema/cel-rules.ts';
import { DevMachineSpec } from '../../../src/devmachine/schema/spec.ts';
import { FULL_SPEC } from '../../corpus/bodies.ts';

const violations = (change: object) =>
  ruleViolations(DevMachineSpec, { ...FULL_SPEC, ...change }, {}, '/spec');
const [bucket] = FULL_SPEC.mounts;

test('a machine with every field violates no rule', () => {
  assert.deepEqual(violations({}), []);
});

test('a violation has the pointer and the message of the rule, at any depth', () => {
  const cases: [object, string, string][] = [
    [{ image: undefined, template: undefined }, '/spec', 'image is required unless template is set'],
    [{ ingressDomain: undefined }, '/spec/ingress', 'ingress requires ingressDomain'],
    [{ ingress: { tls: {} } }, '/spec/ingress/tls', 'exactly one of secretName and issuer is required'],
    [{ env: [{ name: 'A' }, { name: 'B' }, { name: 'A' }] }, '/spec/env/2', 'another item has the same name'],
    [
      { mounts: [{ ...bucket, type: 'pvc', pvc: {} }] },
      '/spec/mounts/0/s3',
      's3 is required if type is s3, and not allowed otherwise',
    ],
    [{ tolerations: [{}] }, '/spec/tolerations/0', 'a toleration without key requires operator Exists'],
    [
      { nodeSelector: { 'a b': '' } },
      '/spec/nodeSelector',
      'each key must be a label key, such as kubernetes.io/arch',
    ],
  ];
  for (const [change, pointer, message] of cases)
    assert.deepEqual(violations(change), [{ pointer, message }]);
});

test('every rule has a predicate, except those that compare with the stored machine', () => {
  const found = allRules(DevMachineSpec);
  assert.ok(found.length > 15);
  for (const { rule, isSatisfied } of found)
    assert.equal(isSatisfied === undefined, rule.includes('oldSelf'), rule);
});

function allRules(schema: TSchema): Rule[] {
  const inner = [...Object.values(schema['properties'] ?? {}), ...(schema['items'] ? [schema['items']] : [])];
  return [...(schema[RULES] ?? []), ...inner.flatMap((child) => allRules(child as TSchema))];
}
