import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowed, whoIs } from '../../../src/kube/callers/reviews.ts';
import type { KubeResponse } from '../../../src/kube/client/transport.ts';
import { failure, response } from '../support/responses.ts';

const { signal } = new AbortController();
const answering = (answer: KubeResponse) => ({ request: async () => answer });
const RIGHT = { verb: 'list', resource: 'devmachines', namespace: 'a' } as const;

test('an account that may not ask about itself is told the role that it needs', async () => {
  for (const asked of [
    whoIs(answering(failure(403)), signal),
    isAllowed(answering(failure(403)), RIGHT, signal),
  ])
    await assert.rejects(asked, {
      code: 'forbidden',
      message: /ClusterRole system:basic-user\. failed with 403$/,
    });
});

test('other failures are those of the cluster', async () => {
  await assert.rejects(whoIs(answering(failure(500)), signal), { code: 'cluster-unavailable' });
  await assert.rejects(whoIs(answering(failure(429)), signal), { code: 'too-many-requests' });
});

test('what the cluster does not affirm is refused', async () => {
  const user = (username?: string) => response(201, { status: { userInfo: { username } } });
  assert.equal(await whoIs(answering(user('alice')), signal), 'alice');
  for (const answer of [user('system:anonymous'), user(), response(201, {})])
    assert.equal(await whoIs(answering(answer), signal), undefined);

  for (const [status, expected] of [
    [{ allowed: true }, true],
    [{ allowed: false }, false],
    [{ allowed: 'true' }, false],
    [undefined, false],
  ] as const)
    assert.equal(await isAllowed(answering(response(201, { status })), RIGHT, signal), expected);
});
