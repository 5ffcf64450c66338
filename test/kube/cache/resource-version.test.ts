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
  '9007199254740992', // 2^53, which as a Number equals the next one
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615', // 2^64 - 1
  '18446744073709551616',
  '99999999999999999999',
  '100000000000000000000',
];

test('compares versions of any length as numbers', () => {
  for (const [index, one] of ORDERED.entries()) {
    for (const [otherIndex, other] of ORDERED.entries()) {
      assert.equal(
        Math.sign(compareVersions(one, other)),
        Math.sign(index - otherIndex),
        `${one} and ${other}`,
      );
    }
  }
});

test('sorts versions', () => {
  assert.deepEqual(ORDERED.toReversed().sort(compareVersions), ORDERED);
});
