import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TSchema } from '@sinclair/typebox';
import { RULES, type Rule, ruleViolations } from '../../../src/devmachine/schema/cel-rules.ts';
import { DevMachineSpec } from '../../../src/devmachine/schema/spec.ts';
import { FULL_SPEC } from '../../corpus/bodies.ts';

const broken = (change: object) => ruleViolations(DevMachineSpec, { ...FULL_SPEC, ...change }, '/spec');
const [bucket] = FULL_SPEC.mounts;

test('a machine with every field breaks none', () => {
  assert.deepEqual(broken({}), []);
});

test('a broken rule says where and what, however deep', () => {
  const cases: [object, string, string][] = [
    [{ image: undefined, template: undefined }, '/spec', 'image is required where there is no template'],
    [{ ingressDomain: undefined }, '/spec/ingress', 'ingress needs ingressDomain'],
    [{ ingress: { tls: {} } }, '/spec/ingress/tls', 'exactly one of secretName and issuer is required'],
    [{ env: [{ name: 'A' }, { name: 'B' }, { name: 'A' }] }, '/spec/env/2', 'another item has the same name'],
    [
      { mounts: [{ ...bucket, type: 'pvc', pvc: {} }] },
      '/spec/mounts/0/s3',
      's3 is required where type is s3, and only there',
    ],
    [{ tolerations: [{}] }, '/spec/tolerations/0', 'a toleration without key needs operator Exists'],
    [
      { nodeSelector: { 'a b': '' } },
      '/spec/nodeSelector',
      'each key must be a label key, such as kubernetes.io/arch',
    ],
  ];
  for (const [change, pointer, message] of cases) assert.deepEqual(broken(change), [{ pointer, message }]);
});

test('every rule has a predicate beside its CEL, but for those that compare with the stored machine', () => {
  const found = allRules(DevMachineSpec);
  assert.ok(found.length > 15);
  for (const { rule, isSatisfied } of found)
    assert.equal(isSatisfied === undefined, rule.includes('oldSelf'), rule);
});

function allRules(schema: TSchema): Rule[] {
  const inner = [...Object.values(schema['properties'] ?? {}), ...(schema['items'] ? [schema['items']] : [])];
  return [...(schema[RULES] ?? []), ...inner.flatMap((child) => allRules(child as TSchema))];
}
