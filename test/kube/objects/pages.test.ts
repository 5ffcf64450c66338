import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import { readPages } from '../../../src/kube/objects/pages.ts';
import { failure, response } from '../support/responses.ts';
import { scriptedClient } from '../support/scripted-client.ts';

const page = (token: string | undefined, ...items: string[]) =>
  response(200, { metadata: { resourceVersion: '5', continue: token }, items });

async function read(...pages: ReturnType<typeof response>[]) {
  const client = scriptedClient(...pages.map((list) => ({ list })));
  const items: unknown[] = [];
  const { signal } = new AbortController();
  const isAll = await readPages(client, '/path', (page) => items.push(...page), signal);
  return { isAll, items, tokens: client.requests.map(({ query }) => query?.['continue']) };
}

test('reads every page, and continues with the present objects when a page has expired', async () => {
  const expired = failure(410, {}, { metadata: { continue: 'later' } });
  assert.deepEqual(await read(page('one', 'a'), expired, page(undefined, 'c')), {
    isAll: true,
    items: ['a', 'c'],
    tokens: [undefined, 'one', 'later'],
  });
});

test('ends after 40 pages', async () => {
  const { isAll, items } = await read(...Array.from({ length: 41 }, (_, index) => page(`${index}`, 'a')));
  assert.deepEqual([isAll, items.length], [false, 40]);
});

test('a refusal, and a body that is no list, are errors', async () => {
  for (const refused of [failure(403), failure(410), response(200, '<html>'), response(200, null)])
    await assert.rejects(read(refused), DevMachineError);
});
