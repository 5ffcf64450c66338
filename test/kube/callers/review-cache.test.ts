import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReviewCache } from '../../../src/kube/callers/review-cache.ts';

const VALID = { value: { name: 'alice' }, validForMs: 60_000 };
const REFUSED = { value: undefined, validForMs: 60_000 };

test('concurrent questions are one, and a failure is not kept', async () => {
  const cache = new ReviewCache<object>(10);
  const failed = () => Promise.reject(new Error('no connection'));
  const results = await Promise.allSettled([cache.review('a', failed), cache.review('a', failed)]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  let asked = 0;
  const ask = async () => {
    asked++;
    return VALID;
  };
  const answers = await Promise.all(Array.from({ length: 5 }, () => cache.review('a', ask)));
  assert.deepEqual(new Set(answers), new Set([VALID.value]));
  assert.equal(await cache.review('a', ask), VALID.value);
  assert.equal(asked, 1);
});

test('an answer that is no longer valid, or never was, is asked again', async () => {
  const cache = new ReviewCache<object>(10);
  let asked = 0;
  const ask = async () => ({ ...VALID, validForMs: -1_000 * ++asked });
  assert.equal(await cache.review('a', ask), VALID.value);
  assert.equal(cache.get('a'), undefined);
  await cache.review('a', ask);
  assert.equal(asked, 2);
});

test('refusals are kept, replace valid answers, and displace none of other keys', async () => {
  const cache = new ReviewCache<object>(1_000);
  await cache.review('valid', async () => VALID);
  for (let index = 0; index < 10_000; index++) await cache.review(`bad ${index}`, async () => REFUSED);
  assert.equal(cache.get('valid'), VALID.value);
  assert.equal(cache.size, 1_001);
  assert.equal(await cache.review('bad 9999', () => assert.fail('it is asked again')), undefined);
  cache.refuse('valid', 60_000);
  assert.equal(cache.get('valid'), undefined);
  assert.equal(await cache.review('valid', () => assert.fail('it is asked again')), undefined);
});
