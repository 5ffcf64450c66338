import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { chartValuesSchema } from '../../scripts/chart.ts';
import { crd } from '../../scripts/crd.ts';
import { DevMachineSpec } from '../../src/devmachine/schema/spec.ts';
import { type Manifest, OPERATOR, objects, ofKind, only } from './helm.ts';

/** The operator's files that have to agree with each other. */

const read = (...path: string[]) => readFile(join(OPERATOR, ...path), 'utf8');
const chart = (file: string) => read('helm-charts', 'devmachine', file);
const keys = (object: object) => Object.keys(object).sort();

const [watch] = parse(await read('watches.yaml'));
const manager = only(objects(await read('config', 'manager', 'manager.yaml')), 'Deployment');
const values = parse(await chart('values.yaml'));

test('watches.yaml names the CRD, and has the fields that helm-operator knows', () => {
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

test('what the administrator decides is in watches.yaml, values.yaml, the schema and the README', async () => {
  const overrides = keys(watch.overrideValues).map((key) => key.replace(/^admin\./, ''));
  const schema = chartValuesSchema()['properties'] as Record<string, { properties: object }>;
  assert.deepEqual(overrides, keys(values.admin));
  assert.deepEqual(overrides, keys(schema['admin']?.properties ?? {}));
  // Users cannot set it, because the machine's own schema does not know it.
  assert.equal('admin' in DevMachineSpec.properties, false);
});

test('each override is a variable of the manager, which is documented in the README', async () => {
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

test('the operator may do nothing with a wildcard, and reads Secrets only as Helm needs', async () => {
  const role = only(objects(await read('config', 'rbac', 'role.yaml')), 'ClusterRole');
  assert.equal(JSON.stringify(role.rules).includes('*'), false);
  const listed = role.rules.filter((rule: Manifest) => rule.verbs.includes('list'));
  assert.deepEqual(
    listed.flatMap((rule: Manifest) => rule.resources),
    ['devmachines', 'secrets'],
  );
});

test('one version of helm-operator, in the Dockerfile and in the Makefile', async () => {
  const version = /helm-operator:(v[0-9.]+)$/m.exec(await read('Dockerfile'))?.[1];
  assert.ok(version);
  assert.ok((await read('Makefile')).includes(`HELM_OPERATOR_VERSION := ${version}\n`));
  assert.deepEqual(ofKind(objects(await read('PROJECT')), 'Deployment'), []);
});
