import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toNano } from '../../src/devmachine/quantity.ts';

test('quantities are exact, and rounded up below a billionth', () => {
  const giga = 1_000_000_000n;
  const cases: readonly [string, bigint | undefined][] = [
    ['0', 0n],
    ['2', 2n * giga],
    ['1.5', giga + giga / 2n],
    ['.5', giga / 2n],
    ['5.', 5n * giga],
    ['500m', giga / 2n],
    ['100u', 100_000n],
    ['7n', 7n],
    ['0.1n', 1n],
    ['1.5Gi', 1_610_612_736n * giga],
    ['1536Mi', 1_610_612_736n * giga],
    ['20G', 20n * giga * giga],
    ['1e3', 1_000n * giga],
    ['12E-1', giga + giga / 5n],
    ['9Ei', 9n * 1024n ** 6n * giga],
    ['2E', 2n * giga * giga * giga],
    ['', undefined],
    ['.', undefined],
    ['-1', undefined],
    ['1Q', undefined],
    ['1 Gi', undefined],
  ];
  for (const [text, expected] of cases) assert.equal(toNano(text), expected, text);
});
