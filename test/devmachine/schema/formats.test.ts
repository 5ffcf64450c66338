import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as formats from '../../../src/devmachine/schema/formats.ts';

/** Strings on which a pattern with catastrophic backtracking would never finish. */
const LENGTH = 200_000;
const HOSTILE = [
  'a',
  '-',
  'a-',
  'a.',
  '0',
  '1',
  '.',
  '/',
  '/a',
  '/.',
  '..',
  'a/',
  'a_',
  'a__',
  ':',
  'a:',
  '1.',
  'A',
  'é',
].flatMap((text) => [
  text.repeat(LENGTH / text.length),
  `${text.repeat(LENGTH / text.length)}!`,
  `a${text.repeat(LENGTH / text.length)}\n`,
]);

test('every pattern matches a string as long as the largest body in linear time', () => {
  for (const [name, { pattern }] of Object.entries(formats)) {
    const expression = new RegExp(pattern, 'u');
    // With quadratic time, each match would take 4·10^10 steps and the test would not finish.
    for (const text of HOSTILE) assert.equal(typeof expression.test(text), 'boolean', name);
  }
});

test('every pattern is anchored and has the same meaning in ECMAScript and RE2', () => {
  for (const [name, { pattern }] of Object.entries(formats)) {
    assert.match(pattern, /^\^.*\$$/, name);
    assert.doesNotMatch(pattern, /\(\?|\\[swdbSWDB]|\\[1-9]/, name);
  }
});
