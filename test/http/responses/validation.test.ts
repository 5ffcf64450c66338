import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { DevMachineManifest } from '../../../src/devmachine/schema/manifest.ts';
import { AJV_OPTIONS, lazyValidators } from '../../../src/http/responses/validation.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
}

const { paths } = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8'));
const operations = Object.values<Record<string, Operation>>(paths).flatMap((path) => Object.values(path));

/** As for requests, but the schemas themselves are validated too. */
const strict = () => new Ajv({ ...AJV_OPTIONS, validateSchema: true });

test('the schemas of all parameters are valid', () => {
  for (const { operationId, parameters = [] } of operations) {
    for (const { name, schema } of parameters) {
      assert.ok(strict().compile(schema), `${operationId}: ${name}`);
    }
  }
  assert.throws(() => strict().compile({ type: 'text' }), /schema is invalid/);
});

test('the schema of a machine is valid', () => {
  assert.ok(strict().compile(DevMachineManifest));
});

test('a schema that is compiled lazily gives the same result as one that is compiled eagerly', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false };
  const eager = new Ajv(AJV_OPTIONS).compile(schema);
  const lazy = lazyValidators()({ schema: schema as never, method: 'POST', url: '/' });
  for (const value of [{ a: 1 }, { a: '1', b: 2 }, {}, [], { a: 2 }]) {
    assert.equal(lazy(value), eager(value));
    assert.deepEqual(lazy.errors, eager.errors);
  }
});
