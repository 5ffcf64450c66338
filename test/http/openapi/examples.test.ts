import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { assertDocumented } from '../../support/contract.ts';

const { paths } = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8'));

for (const [path, operations] of Object.entries<object>(paths)) {
  for (const [method, operation] of Object.entries<{ responses: object }>(operations as never)) {
    test(`every response of ${method.toUpperCase()} ${path} has examples that match its schema`, () => {
      for (const [status, response] of Object.entries(operation.responses)) {
        const { description, content = {} } = response as { description: string; content?: object };
        assert.ok(description);
        assert.equal(Object.keys(content).length, ['101', '304'].includes(status) ? 0 : 1, status);
        for (const [media, { examples }] of Object.entries(content)) {
          const values = Object.values(examples as Record<string, { value: unknown }>);
          assert.ok(values.length > 0, status);
          for (const { value } of values) assertDocumented(method, path, Number(status), media, value);
        }
      }
    });
  }
}
