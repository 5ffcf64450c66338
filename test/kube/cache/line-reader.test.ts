import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLines } from '../../../src/kube/cache/line-reader.ts';

async function* chunksOf(...chunks: Uint8Array[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

const linesOf = (...chunks: Uint8Array[]): Promise<string[]> =>
  Array.fromAsync(readLines(chunksOf(...chunks)));

// Characters of one to four bytes in UTF-8; U+2028, U+2029, U+0085 and a lone \r, which other readers take for line ends.
const LINES = ['plain', '{"é":"€"}', '😀 in four bytes', 'a\u2028b\u2029c\u0085d', 'a\rb', '\ufeffmark'];
const BYTES = Buffer.from(`${LINES.join('\n')}\n`);

test('the lines do not depend on where the text is split', async () => {
  for (let at = 0; at <= BYTES.length; at++) {
    assert.deepEqual(await linesOf(BYTES.subarray(0, at), BYTES.subarray(at)), LINES, `split at byte ${at}`);
  }
});

test('the text may arrive byte by byte', async () => {
  assert.deepEqual(await linesOf(...[...BYTES].map((byte) => Uint8Array.of(byte))), LINES);
});

test('the lines do not depend on where the text is split twice', async () => {
  const bytes = Buffer.from('€\né\n');
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      assert.deepEqual(await linesOf(...chunks), ['€', 'é'], `split at ${first} and ${second}`);
    }
  }
});

test('empty lines are skipped', async () => {
  assert.deepEqual(await linesOf(Buffer.from('\n\na\n\n'), Buffer.from('\n'), Buffer.from('b\n')), [
    'a',
    'b',
  ]);
});

test('a last line without a newline is dropped', async () => {
  assert.deepEqual(await linesOf(Buffer.from('whole\nunfin'), Buffer.from('ished')), ['whole']);
  assert.deepEqual(await linesOf(Buffer.from('unfinished')), []);
  assert.deepEqual(await linesOf(), []);
});

test('a line of 1.5 MB is read whole from chunks of any size', async () => {
  const long = 'x€'.repeat(375_000);
  const bytes = Buffer.from(`before\n${long}\nafter\n`);
  for (const size of [1_000, 16_384, bytes.length]) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    const lines = await linesOf(...chunks);
    assert.equal(lines.length, 3);
    assert.ok(lines[1] === long, `in chunks of ${size} bytes`);
  }
});

test('a line is yielded as soon as its newline arrives', async () => {
  let chunksRead = 0;
  async function* chunks() {
    for (const text of ['one\ntwo', '\n']) {
      chunksRead++;
      yield Buffer.from(text);
    }
  }
  const lines = readLines(chunks());
  assert.equal((await lines.next()).value, 'one');
  assert.equal(chunksRead, 1);
  assert.equal((await lines.next()).value, 'two');
});
