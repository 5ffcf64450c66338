import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get } from '../support/cluster.ts';
import { openConsole } from './support/console.ts';

/** A person's day with a machine, in a browser, against a real control plane and the real operator. */

const phase = (page: Page, text: string) => page.locator('.state .phase', { hasText: text }).waitFor();

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('create, see it run, copy the password, stop, start, delete, find the disk again, purge', async (t) => {
  const cluster = connect(t);
  const api = await startReadyApi(t, { PURGE_TIMEOUT_SECONDS: '60' });
  const namespace = await createNamespace(cluster, 'team');
  const page = await openConsole(t, api.url, { path: `/?namespace=${namespace}` });
  page.setDefaultTimeout(90_000);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate('window.notReloaded = true');

  await page.getByText('No machines yet').waitFor();
  await page.getByRole('link', { name: 'New machine' }).click();
  await page.locator('.choice-card', { hasText: 'JupyterLab, from the image.' }).click();
  await page.getByLabel('Name *').fill('notebook');
  assert.equal(await page.getByLabel('Namespace *').inputValue(), namespace);
  await page.getByLabel('Host name').fill('notebook.dev.example.com');
  await page.getByRole('button', { name: /^Small/ }).click();
  await button(page, 'Create machine').click();
  await phase(page, 'Running');

  const secret = await get(cluster, `/api/v1/namespaces/${namespace}/secrets/notebook-access`);
  const password = atob(secret.body.data.password);
  await button(page, 'Copy password').click();
  await page.getByText('Copied').waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), password);
  await button(page, 'Show password').click();
  await page.getByText(password).waitFor();
  await page.locator('.timeline', { hasText: 'Scheduled' }).waitFor();

  await button(page, 'Stop').click();
  await phase(page, 'Stopped');
  await button(page, 'Start').click();
  await phase(page, 'Running');

  await button(page, 'Delete').click();
  assert.equal(await page.getByRole('radio', { name: /^Keep the disk/ }).isChecked(), true);
  await button(page, 'Delete machine').click();
  await page.getByRole('heading', { name: 'The machine notebook is deleted.' }).waitFor();
  await page.getByText('Its disk is kept.').waitFor();

  await page.getByRole('link', { name: 'Kept disks' }).click();
  await page.getByRole('link', { name: 'Use again: notebook' }).click();
  await page.getByText('A kept disk of 10Gi has this name').waitFor();
  await button(page, 'Create machine').click();
  await phase(page, 'Running');

  await button(page, 'Delete').click();
  await page.getByRole('radio', { name: /^Delete the disk too/ }).check();
  assert.equal(await button(page, 'Delete machine').isDisabled(), true);
  await page.getByLabel('Type notebook to confirm').fill('notebook');
  await button(page, 'Delete machine').click();
  await page.getByRole('heading', { name: 'The machine notebook is deleted.' }).waitFor();
  assert.equal(await page.evaluate('window.notReloaded'), true);
  await page.goto(`${api.url}/disks?namespace=${namespace}`);
  await page.getByText('No kept disks').waitFor();
});

test('a change is checked, shown at its field, and applied; a kept disk can be deleted', async (t) => {
  const cluster = connect(t);
  const api = await startReadyApi(t);
  const namespace = await createNamespace(cluster, 'team');
  const spec = { template: 'vscode-cpu', memory: '1Gi', storage: { size: '10Gi' } };
  await api.create(namespace, 'notebook', spec);
  const page = await openConsole(t, api.url, { path: `/machines/${namespace}/notebook/change` });
  await page.getByLabel('Disk', { exact: true }).fill('5Gi');
  await button(page, 'Check only').click();
  const field = page.locator('[data-pointer="/spec/storage/size"]');
  await page.locator('.field .field-error', { hasText: 'size can grow but not shrink' }).waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.equal(await page.evaluate('document.activeElement.dataset.pointer'), '/spec/storage/size');
  await field.fill('12Gi');
  await page.getByText('More settings').click();
  await page.getByRole('button', { name: 'Add: env' }).click();
  await page.locator('[data-pointer="/spec/env/0/name"]').fill('GREETING');
  await page.locator('[data-pointer="/spec/env/0/value"]').fill('hello');
  await button(page, 'Save changes').click();
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.locator('pre', { hasText: 'GREETING' }).waitFor();
  const { body } = await api.status(namespace, 'notebook');
  assert.deepEqual(body.spec.env, [{ name: 'GREETING', value: 'hello' }]);
  assert.equal(body.spec.storage.size, '12Gi');

  await api.delete(namespace, 'notebook');
  await page.getByRole('heading', { name: 'is deleted' }).waitFor();
  await page.goto(`${api.url}/disks?namespace=${namespace}`);
  await page.getByRole('button', { name: 'Delete: notebook-disk' }).click();
  await page.getByLabel('Type notebook-disk to confirm').fill('notebook-disk');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No kept disks').waitFor();
});
