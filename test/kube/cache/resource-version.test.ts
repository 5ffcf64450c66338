import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions } from '../../../src/kube/cache/resource-version.ts';

/** From the oldest to the newest. */
const ORDERED = [
  '0',
  '1',
  '2',
  '9',
  '10',
  '99',
  '100',
  '9007199254740992', // 2^53, and what a Number cannot tell from it
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615', // 2^64 - 1, and beyond
  '18446744073709551616',
  '99999999999999999999',
  '100000000000000000000',
];

test('versions of any length are compared as numbers', () => {
  for (const [place, one] of ORDERED.entries()) {
    for (const [otherPlace, other] of ORDERED.entries()) {
      assert.equal(
        Math.sign(compareVersions(one, other)),
        Math.sign(place - otherPlace),
        `${one} and ${other}`,
      );
    }
  }
});

test('they sort', () => {
  assert.deepEqual(ORDERED.toReversed().sort(compareVersions), ORDERED);
});
