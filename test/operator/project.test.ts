import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { chartValuesSchema } from '../../scripts/chart.ts';
import { crd } from '../../scripts/crd.ts';
import { DevMachineSpec } from '../../src/devmachine/schema/spec.ts';
import { policies, VSCODE } from './cases/case.ts';
import { type Manifest, OPERATOR, objects, ofKind, only, render } from './helm.ts';

/** The files of the operator must agree with each other. */

const read = (...path: string[]) => readFile(join(OPERATOR, ...path), 'utf8');
const chart = (file: string) => read('helm-charts', 'devmachine', file);
const keys = (object: object) => Object.keys(object).sort();

const [watch] = parse(await read('watches.yaml'));
const manager = only(objects(await read('config', 'manager', 'manager.yaml')), 'Deployment');
const values = parse(await chart('values.yaml'));

test('watches.yaml refers to the CRD and has only fields that helm-operator knows', () => {
  const { group, names, versions } = crd().spec;
  assert.deepEqual([watch.group, watch.version, watch.kind], [group, versions[0]?.name, names.kind]);
  const known = [
    'group',
    'version',
    'kind',
    'chart',
    'overrideValues',
    'selector',
    'watchDependentResources',
  ];
  const unknown = keys(watch).filter((key) => ![...known, 'reconcilePeriod', 'dryRunOption'].includes(key));
  assert.deepEqual(unknown, []);
  assert.equal(watch.dryRunOption, 'server');
});

test("watches.yaml, values.yaml and the schema list the same administrator's settings", async () => {
  const overrides = keys(watch.overrideValues).map((key) => key.replace(/^admin\./, ''));
  const schema = chartValuesSchema()['properties'] as Record<string, { properties: object }>;
  assert.deepEqual(overrides, keys(values.admin));
  assert.deepEqual(overrides, keys(schema['admin']?.properties ?? {}));
  // Users cannot set them: the schema of a machine has no such field.
  assert.equal('admin' in DevMachineSpec.properties, false);
});

test('each override is a variable of the manager and documented in the README', async () => {
  const { env } = manager.spec.template.spec.containers[0];
  const variables = env.map((entry: Manifest) => entry.name).sort();
  const used = Object.values(watch.overrideValues as Record<string, string>).map(
    (text) => /^\$\{(\w+)\}$/.exec(text)?.[1] ?? text,
  );
  assert.deepEqual(variables, used.sort());
  for (const { value } of env) assert.equal(typeof value, 'string');
  const readme = await read('README.md');
  for (const name of variables) assert.ok(readme.includes(name), name);
});

test('values.yaml lists every field of the spec', async () => {
  const text = await chart('values.yaml');
  for (const field of keys(DevMachineSpec.properties)) {
    assert.match(text, new RegExp(`^(# )?${field}:`, 'm'), field);
  }
});

test('the role of the operator has no wildcard, and lists only machines, Secrets and IngressClasses', async () => {
  const role = only(objects(await read('config', 'rbac', 'role.yaml')), 'ClusterRole');
  assert.equal(JSON.stringify(role.rules).includes('*'), false);
  const listed = role.rules.filter((rule: Manifest) => rule.verbs.includes('list'));
  assert.deepEqual(
    listed.flatMap((rule: Manifest) => rule.resources),
    ['devmachines', 'secrets', 'ingressclasses'],
  );
});

test('the policy for a namespace opens nothing that the policy of a machine does not', async () => {
  const file = await read('..', 'deploy', 'namespace', 'network-policy.yaml');
  const { podSelector, ...spec } = only(objects(file), 'NetworkPolicy').spec;
  const [{ podSelector: ofMachine, ...own }] = policies(await render(VSCODE));
  assert.deepEqual(spec, own);
  const [{ key, operator }] = podSelector.matchExpressions;
  assert.deepEqual([key, operator], [keys(ofMachine.matchLabels).join(), 'Exists']);
});

test('the Dockerfile, the Makefile and dev/tools use the same version of helm-operator', async () => {
  const version = /helm-operator:(v[0-9.]+)$/m.exec(await read('Dockerfile'))?.[1];
  assert.ok(version);
  const goMod = await read('..', 'dev', 'tools', 'go.mod');
  assert.ok(goMod.includes(`\tgithub.com/operator-framework/operator-sdk ${version} //`));
  assert.ok((await read('Makefile')).includes(`HELM_OPERATOR_VERSION := ${version}\n`));
  assert.deepEqual(ofKind(objects(await read('PROJECT')), 'Deployment'), []);
});
