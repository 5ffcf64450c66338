import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '../../../src/kube/calls.ts';
import type { PodContainer } from '../../../src/kube/objects/containers.ts';
import { HangUps } from '../../../src/kube/objects/terminal/hang-up.ts';
import { connect } from '../../support/cluster.ts';

test('the terminals of one account in one container share an exec when they close together', async (t) => {
  const cluster = connect(t);
  /** The processes that each exec ends, by account and container. */
  const execs: string[] = [];
  const accountOf = (id: string): Account =>
    ({
      id,
      upgrade: (request) => {
        const query = request.query as URLSearchParams;
        const ended = query.getAll('command').filter((argument) => /^id-\d+:\d*$/.test(argument));
        execs.push(`${id} ${query.get('container')} ${ended.length}`);
        return cluster.upgrade(request);
      },
    }) as Partial<Account> as Account;
  // There is no such pod: the API server says so, and it is not tried again.
  const containerOf = (name: string) =>
    ({ name, pod: { namespace: 'default', name: 'gone' } }) as PodContainer;
  const hangUps = new HangUps();
  const close = (account: string, container: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      hangUps.hangUp(accountOf(account), containerOf(container), { id: `id-${index}`, pid: String(index) }),
    );

  await Promise.all([
    ...close('alice', 'machine', 50),
    ...close('alice', 's3', 1),
    ...close('bob', 'machine', 2),
  ]);
  assert.deepEqual(execs.splice(0).sort(), ['alice machine 50', 'alice s3 1', 'bob machine 2']);
  // The command is part of a URL, so it has a limit; and nobody waits for the terminals that close later.
  await Promise.all(close('alice', 'machine', 120));
  await Promise.all(close('alice', 'machine', 1));
  assert.deepEqual(execs, ['alice machine 50', 'alice machine 50', 'alice machine 20', 'alice machine 1']);
});
