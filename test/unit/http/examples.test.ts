import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { assertDocumented } from '../../support/contract.ts';

const { paths } = parse(readFileSync(new URL('../../../openapi.yaml', import.meta.url), 'utf8'));

/** What the document shows of the calls that read. */
const READING = [
  '/api/v1/devmachines',
  '/api/v1/devmachines/status',
  '/api/v1/devmachines/events',
  '/api/v1/templates',
];

for (const path of READING) {
  test(`every answer of GET ${path} has examples, and they are such answers`, () => {
    for (const [status, response] of Object.entries(paths[path].get.responses)) {
      const { description, content = {} } = response as { description: string; content?: object };
      assert.ok(description);
      assert.equal(Object.keys(content).length, status === '304' ? 0 : 1, status);
      for (const [media, { examples }] of Object.entries(content)) {
        const values = Object.values(examples as Record<string, { value: unknown }>);
        assert.ok(values.length > 0, status);
        for (const { value } of values) assertDocumented('GET', path, Number(status), media, value);
      }
    }
  });
}
