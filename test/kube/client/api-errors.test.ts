import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDomainError, toPointer } from '../../../src/kube/client/api-errors.ts';

test('converts Kubernetes field paths to JSON pointers', () => {
  const pointers = {
    'spec.cpu': '/spec/cpu',
    '.spec.mounts[0].name': '/spec/mounts/0/name',
    'spec.nodeSelector[kubernetes.io/arch]': '/spec/nodeSelector/kubernetes.io~1arch',
    spec: '/spec',
    '': '',
  };
  for (const [field, pointer] of Object.entries(pointers)) assert.equal(toPointer(field), pointer);
});

const refusal = (status: number, body: object | string, headers = {}) =>
  toDomainError({ status, headers, body: typeof body === 'string' ? body : { kind: 'Status', ...body } });

test('maps each refusal of the API server to a domain error', () => {
  const causes = [{ reason: 'NamespaceTerminating', message: 'm', field: 'metadata.namespace' }];
  const cases: [ReturnType<typeof refusal>, string][] = [
    [refusal(400, { reason: 'BadRequest' }), 'refused-by-cluster'],
    [refusal(401, { reason: 'Unauthorized' }), 'cluster-unavailable'],
    [refusal(403, { reason: 'Forbidden', message: 'no' }), 'forbidden'],
    [refusal(403, { message: 'forbidden: exceeded quota: q, requested: 1' }), 'refused-by-cluster'],
    [refusal(403, { message: 'no', details: { causes } }), 'being-deleted'],
    [refusal(404, { details: { kind: 'namespaces', name: 'n' } }), 'namespace-not-found'],
    [refusal(404, '404 page not found\n'), 'cluster-unavailable'],
    [refusal(409, { reason: 'Conflict' }), 'conflict'],
    [refusal(413, 'too large'), 'too-large'],
    [refusal(422, { reason: 'Invalid' }), 'refused-by-cluster'],
    [refusal(429, {}), 'too-many-requests'],
    [refusal(500, { message: 'failed calling webhook' }), 'cluster-unavailable'],
    [refusal(503, 'busy'), 'cluster-unavailable'],
    [refusal(504, {}), 'cluster-timeout'],
  ];
  for (const [error, code] of cases) assert.equal(error.code, code, error.message);
});

test('keeps the message, fields and Retry-After of the API server', () => {
  const error = refusal(422, {
    message: 'it is invalid',
    details: {
      retryAfterSeconds: 3,
      causes: [
        { reason: 'FieldValueInvalid', message: 'too small', field: 'spec.cpu' },
        { reason: 'X', message: 'whole', field: '<nil>' },
      ],
    },
  });
  assert.equal(error.message, 'it is invalid');
  assert.equal(error.retryAfterSeconds, 3);
  assert.deepEqual(error.errors, [{ pointer: '/spec/cpu', message: 'too small', source: 'kubernetes' }]);
  assert.equal(refusal(429, {}, { 'retry-after': '7' }).retryAfterSeconds, 7);
});
