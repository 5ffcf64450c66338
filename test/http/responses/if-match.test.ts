import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIfMatch } from '../../../src/http/responses/if-match.ts';

const live = { uid: 'a-b', generation: 3 };

function matches(header: string): boolean {
  const versions = parseIfMatch(header);
  return (
    !versions || versions.some(({ uid, generation }) => uid === live.uid && generation === live.generation)
  );
}

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
      assert.throws(() => matches(header), { code: 'invalid-request' }, header);
    } else {
      assert.equal(matches(header), expected, header);
    }
  }
});

test('a long header is read in no time', () => {
  const began = performance.now();
  assert.throws(() => parseIfMatch(`${'"x", '.repeat(3_000)}x`));
  assert.throws(() => parseIfMatch(`"x"${' , '.repeat(5_000)}x`));
  assert.ok(performance.now() - began < 200);
});
