import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { escapeKey } from '../../src/devmachine/json-pointer.ts';

/** Validates every response of the API against openapi.yaml. */

const document = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: false, allowUnionTypes: true }).addSchema(document, 'openapi');

export function assertDocumented(
  method: string,
  url: string,
  status: number,
  contentType: string,
  body: unknown,
): void {
  const path = url.split('?')[0] ?? '';
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (!operation) return;
  const call = `${method} ${path} → ${status}`;
  assert.ok(operation.responses[status], `${call} is not documented`);
  const media = contentType.split(';')[0] ?? '';
  const content = operation.responses[status].content ?? {};
  if (body === '') return;
  assert.ok(content[media], `${call} as ${media} is not documented`);
  const pointer = [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    media,
    'schema',
  ]
    .map(escapeKey)
    .map(encodeURIComponent)
    .join('/');
  const validate = ajv.getSchema(`openapi#/${pointer}`);
  assert.ok(validate?.(body), `${call}: ${JSON.stringify(validate?.errors)}`);
}
