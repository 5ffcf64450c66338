import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTeam, EDITOR, expiringAt } from '../auth/support/accounts.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, create, createNamespace, get } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { openConsole } from './support/console.ts';
import { createMachine, SPEC } from './support/machines.ts';

/** What a person sees when something does not work. */

test('a quota that is used up is shown with its reason', async (t) => {
  const cluster = connect(t);
  const api = await startReadyApi(t);
  const namespace = await createNamespace(cluster, 'team');
  const quota = { metadata: { name: 'small' }, spec: { hard: { 'limits.cpu': '1' } } };
  assert.equal((await create(cluster, `/api/v1/namespaces/${namespace}/resourcequotas`, quota)).status, 201);
  await api.create(namespace, 'large', SPEC);
  const page = await openConsole(t, api.url, { path: `/machines/${namespace}/large` });
  await page.locator('.state .reason', { hasText: 'QuotaExceeded' }).waitFor();
  assert.match(await page.locator('.state .message').innerText(), /quota/);
  assert.match(await page.locator('.state .hint-line').innerText(), /What to do/);
});

test('an image that cannot be pulled is shown with its reason', async (t) => {
  const cluster = connect(t);
  const api = await startReadyApi(t);
  const namespace = await createNamespace(cluster, 'team');
  await createMachine(api, namespace, 'broken', SPEC);
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const { body } = await get(cluster, pods);
  const [pod] = body.items;
  // The simulated nodes pull nothing, so the test reports what a kubelet would.
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nowhere.example.com/a:1"' };
  const container = {
    name: pod.spec.containers[0].name,
    image: 'a',
    imageID: '',
    ready: false,
    restartCount: 0,
  };
  const status = {
    phase: 'Pending',
    conditions: ['Ready', 'ContainersReady'].map((type) => ({ type, status: 'False' })),
    containerStatuses: [{ ...container, state: { waiting } }],
  };
  const patched = await cluster.request({
    method: 'PATCH',
    path: `${pods}/${pod.metadata.name}/status`,
    body: { status },
    contentType: 'application/strategic-merge-patch+json',
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(patched.status, 200, JSON.stringify(patched.body));
  const page = await openConsole(t, api.url, { path: `/machines/${namespace}/broken` });
  await page.locator('.state .reason', { hasText: 'ImagePullFailed' }).waitFor();
});

test('whoever may not list all namespaces sees the one last chosen; what else is refused says so', async (t) => {
  const cluster = connect(t);
  const api = await startReadyApi(t, { AUTH_MODE: 'kubernetes' });
  const { namespace, accounts } = await createTeam(cluster, { viewer: ['get', 'list', 'watch'] });
  const page = await openConsole(t, api.url, { path: `/?namespace=${namespace}` });
  await page.getByLabel('Token').fill('not a token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The cluster does not accept this token.').waitFor();
  await page.getByLabel('Token').fill(accounts.viewer.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('No machines yet').waitFor();
  // No token anywhere but in memory.
  const stored = await page.evaluate(
    'JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])',
  );
  assert.ok(!String(stored).includes(accounts.viewer.token));

  await page.getByRole('link', { name: 'New machine' }).click();
  await page.getByLabel('Name *').fill('mine');
  await page.getByRole('button', { name: 'Create machine' }).click();
  await page.locator('.note.danger', { hasText: 'You lack a right' }).waitFor();
  assert.match(
    await page.locator('.note.danger').innerText(),
    /cannot (create|patch) resource "devmachines"/,
  );

  await page.evaluate("history.pushState({}, '', '/'); dispatchEvent(new PopStateEvent('popstate'))");
  await page.getByRole('combobox', { name: 'Namespace' }).waitFor();
  await until(
    'the namespace to be chosen',
    async () => (await page.getByRole('combobox', { name: 'Namespace' }).inputValue()) === namespace,
  );
});

test('a token that expires while a form is filled in loses nothing', async (t) => {
  const cluster = connect(t);
  const api = await startReadyApi(t, { AUTH_MODE: 'kubernetes' });
  const { namespace, accounts } = await createTeam(cluster, { editor: EDITOR });
  const page = await openConsole(t, api.url, { path: `/create?namespace=${namespace}` });
  // The API server accepts a token for a minute after it has expired.
  await page.getByLabel('Token').fill(expiringAt(accounts.editor.token, Date.now() - 40_000));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Name *').fill('half-filled');
  await until(
    'the token to be refused',
    async () => {
      await page.getByRole('button', { name: 'Check only' }).click();
      return page.locator('.banner.danger').isVisible();
    },
    { intervalMs: 500 },
  );
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await page.getByRole('dialog').getByLabel('Token').fill(accounts.editor.token);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.banner.danger').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Name *').inputValue(), 'half-filled');
  await page.getByRole('button', { name: 'Create machine' }).click();
  await page.getByRole('heading', { name: 'half-filled' }).waitFor();
});
