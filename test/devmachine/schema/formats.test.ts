import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as formats from '../../../src/devmachine/schema/formats.ts';

/** Texts on which a pattern that backtracks badly would be at work for years. */
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

test('no pattern takes longer than linear time on a text of the largest body', () => {
  for (const [name, { pattern }] of Object.entries(formats)) {
    const expression = new RegExp(pattern, 'u');
    // Quadratic would be 4·10^10 steps each: the test would not end.
    for (const text of HOSTILE) assert.equal(typeof expression.test(text), 'boolean', name);
  }
});

test('every pattern is anchored, and keeps to what both engines read alike', () => {
  for (const [name, { pattern }] of Object.entries(formats)) {
    assert.match(pattern, /^\^.*\$$/, name);
    assert.doesNotMatch(pattern, /\(\?|\\[swdbSWDB]|\\[1-9]/, name);
  }
});
