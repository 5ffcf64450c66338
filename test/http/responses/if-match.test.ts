import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesSpec } from '../../../src/http/responses/if-match.ts';

const live = { uid: 'a-b', generation: 3 };

const CASES: Record<string, boolean | 'malformed'> = {
  '*': true,
  ' * ': true,
  '"a-b.3.digest"': true,
  '"a-b.3.another"': true,
  '"a-b.2.digest"': false,
  '"a-b.03.x"': true,
  '"other.3.digest"': false,
  '"a-b.3"': false,
  '"a-b.3.x.y"': false,
  '""': false,
  'W/"a-b.3.digest"': false,
  'W/"x", "a-b.3.digest"': true,
  '"x,y" , ,"a-b.3.digest",': true,
  '"x, "a-b.3.digest"': 'malformed',
  'a-b.3.digest': 'malformed',
  '"x" "a-b.3.digest"': 'malformed',
  '*, "x"': 'malformed',
  '': 'malformed',
};

test('If-Match names the spec by uid and generation; its lists are those of RFC 9110', () => {
  for (const [header, expected] of Object.entries(CASES)) {
    if (expected === 'malformed') {
      assert.throws(() => matchesSpec(header, live), { code: 'invalid-request' }, header);
    } else {
      assert.equal(matchesSpec(header, live), expected, header);
    }
  }
});

test('a long header is read in no time', () => {
  const began = performance.now();
  assert.throws(() => matchesSpec(`${'"x", '.repeat(3_000)}x`, live));
  assert.throws(() => matchesSpec(`"x"${' , '.repeat(5_000)}x`, live));
  assert.ok(performance.now() - began < 200);
});
