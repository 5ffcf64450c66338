import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE } from '../../dev/example.ts';
import { bearer } from '../support/deployed.ts';
import { DEV_SCRIPT, fewAssets, freePorts, temporaryState } from './support/dev-run.ts';
import { runNode } from './support/processes.ts';

test('npm run dev -- --auth: alice, bob and carol have different rights, and without a token there is no access', async (t) => {
  const env = {
    ...(await freePorts()),
    DEVMACHINE_STATE_DIR: await temporaryState(t),
    HELM_OPERATOR: '',
    KUBEBUILDER_ASSETS: await fewAssets(t),
  };
  const run = runNode(t, [DEV_SCRIPT, '--auth'], env);
  await run.says(/Press Ctrl-C to stop/);
  const tokenOf = (name: string) => new RegExp(`^export ${name}=(\\S+)$`, 'm').exec(run.output())?.[1] ?? '';
  const [, url = '', body = '', caller] =
    /^curl '(.+)' -H 'Content-Type: application\/json' -d '(.+)' -H "Authorization: Bearer \$(.+)"$/m.exec(
      run.output(),
    ) ?? [];
  assert.equal(caller, 'ALICE');
  const api = `http://localhost:${env.PORT}/api/v1/devmachines`;
  const namespace = new URL(url).searchParams.get('namespace');
  const create = async (token: string, target = url) => {
    const headers = { 'content-type': 'application/json', ...(token ? bearer(token) : {}) };
    return (await fetch(target, { method: 'POST', headers, body })).status;
  };
  const read = async (token: string, query: string) =>
    (await fetch(`${api}${query}`, { headers: bearer(token) })).status;
  const [alice, bob, carol] = ['ALICE', 'BOB', 'CAROL'].map(tokenOf) as [string, string, string];
  const elsewhere = `${api}?namespace=default`;

  assert.equal(await create(''), 401);
  assert.equal(await create(bob), 403);
  assert.equal(await create(alice), 201);
  assert.equal(await create(alice, elsewhere), 403);
  assert.equal(await create(carol, elsewhere), 201);
  const mine = `/status?name=${EXAMPLE.metadata.name}&namespace=${namespace}`;
  assert.deepEqual(await Promise.all([alice, bob, carol].map((token) => read(token, mine))), [200, 200, 200]);
  assert.deepEqual(await Promise.all([alice, bob, carol].map((token) => read(token, ''))), [403, 403, 200]);
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 0);
});
