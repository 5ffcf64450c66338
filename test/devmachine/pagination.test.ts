import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareKeys, type ListFilter, pageOf } from '../../src/devmachine/pagination.ts';
import { fromToken, toToken } from '../../src/http/responses/page-token.ts';
import { FakeMachines } from '../support/fake-machines.ts';

const ALL: ListFilter = { namespace: undefined, phase: undefined, template: undefined };

test('the order is by namespace, then by name', () => {
  const keys = [
    { namespace: 'a', name: 'b' },
    { namespace: 'a', name: 'b-c' },
    { namespace: 'a', name: 'b0' },
    { namespace: 'a-b', name: 'a' },
    { namespace: 'a0', name: 'a' },
  ];
  assert.deepEqual([...keys].reverse().sort(compareKeys), keys);
});

test('a token is valid only for its own query', () => {
  const key = { namespace: 'team', name: 'last' };
  const filters: ListFilter[] = [
    ALL,
    { ...ALL, namespace: 'team' },
    { ...ALL, phase: 'Running' },
    { ...ALL, template: 'vscode-cpu' },
    { namespace: 'team', phase: 'Failed', template: 'vscode-gpu' },
  ];
  for (const made of filters)
    for (const used of filters)
      assert.deepEqual(fromToken(toToken(made, key), used), made === used ? key : undefined);
  const token = toToken(ALL, key);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const wrong = ['', 'x', token.slice(1), `${token}=`, `${token} `, json(null), json(1), json([1]), json({})];
  for (const junk of [...wrong, json([2, ['a', 'b'], ['', '', '']]), json([1, [{}, 1], ['', '', '']])])
    assert.equal(fromToken(junk, ALL), undefined, junk);
});

const NAMESPACES = ['a', 'a-b', 'b'] as const;

test('while machines are created and deleted, reading all pages returns each lasting machine once', () => {
  for (let round = 0; round < 200; round++) {
    const machines = new FakeMachines();
    for (let index = 0; index < 30; index++) machines.set(`stay-${index}`, { namespace: random(NAMESPACES) });
    const seen = walk(machines);
    assert.equal(seen.filter((key) => key.includes('/stay-')).length, 30);
    assert.equal(new Set(seen).size, seen.length);
  }
});

function walk(machines: FakeMachines): string[] {
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const after = token === undefined ? undefined : fromToken(token, ALL);
    const { documents, remaining } = pageOf(machines.list(), ALL, 1 + Math.floor(Math.random() * 7), after);
    seen.push(...documents.map(({ namespace, name }) => `${namespace}/${name}`));
    const last = documents.at(-1);
    token = last && remaining > 0 ? toToken(ALL, last) : undefined;
    const [name, namespace] = [`come-${Math.floor(Math.random() * 20)}`, random(NAMESPACES)];
    if (Math.random() < 0.5) machines.set(name, { namespace });
    else machines.remove(name, namespace);
  } while (token !== undefined);
  return seen;
}

const random = <T>(values: readonly [T, ...T[]]): T =>
  values[Math.floor(Math.random() * values.length)] ?? values[0];
