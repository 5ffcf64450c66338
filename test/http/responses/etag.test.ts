import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesETag } from '../../../src/http/responses/etag.ts';

test('If-None-Match is * or a list of weak or strong tags', () => {
  for (const header of ['"a-1"', 'W/"a-1"', '"b", "a-1"', '"b",W/"a-1" , "c"', '*']) {
    assert.ok(matchesETag(header, '"a-1"'), String(header));
  }
  for (const header of [undefined, '', '"a-10"', 'a-1', '"A-1"', '"a", "1"']) {
    assert.ok(!matchesETag(header, '"a-1"'), String(header));
  }
});
