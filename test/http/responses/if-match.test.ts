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

test('If-Match identifies the spec by uid and generation, in lists as RFC 9110 defines them', () => {
  for (const [header, expected] of Object.entries(CASES)) {
    if (expected === 'malformed') {
      assert.throws(() => matches(header), { code: 'invalid-request' }, header);
    } else {
      assert.equal(matches(header), expected, header);
    }
  }
});

test('a long malformed header is read once: one match per entry', (t) => {
  const exec = t.mock.method(RegExp.prototype, 'exec');
  const matchesFor = (header: string) => {
    exec.mock.resetCalls();
    try {
      parseIfMatch(header);
    } catch {
      return exec.mock.callCount();
    }
    return assert.fail('it was accepted');
  };
  assert.equal(matchesFor(`${'"x", '.repeat(3_000)}x`), 3_001);
  assert.equal(matchesFor(`"x"${' , '.repeat(5_000)}x`), 5_001);
});
