import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace } from '../support/cluster.ts';
import { assertAccessible, openConsole } from './support/console.ts';
import { createMachine, SPEC } from './support/machines.ts';

/** Every page, in both languages and appearances, on a wide window and on a phone. */

/** The path of each page, what must be there before it is checked, and what is clicked then. */
const pagesOf = (namespace: string): Record<string, { path: string; ready: string; click?: string[] }> => ({
  machines: { path: '/', ready: '.machines .row' },
  'no match': { path: `/?namespace=${namespace}&q=nothing`, ready: '.empty' },
  machine: { path: `/machines/${namespace}/notebook`, ready: '.timeline li' },
  password: { path: `/machines/${namespace}/notebook`, ready: '.password', click: ['.password button'] },
  deletion: {
    path: `/machines/${namespace}/notebook`,
    ready: '.actions',
    click: ['.actions .button:last-child', '.option:last-child'],
  },
  'log refused': { path: `/machines/${namespace}/notebook?tab=logs`, ready: '.note.danger' },
  terminal: { path: `/machines/${namespace}/notebook?tab=terminal`, ready: '.panel .button' },
  yaml: { path: `/machines/${namespace}/notebook?tab=yaml`, ready: '.code' },
  gone: { path: `/machines/${namespace}/nothing`, ready: '.empty' },
  create: { path: `/create?namespace=${namespace}`, ready: '.submit', click: ['summary'] },
  change: { path: `/machines/${namespace}/notebook/change`, ready: '.submit' },
  disks: { path: `/disks?namespace=${namespace}`, ready: '.disk' },
});

for (const [language, theme, width] of [
  ['en', 'light', 1280],
  ['en', 'dark', 360],
  ['zh', 'dark', 1280],
  ['zh', 'light', 360],
] as const) {
  test(`pages in ${language}, ${theme}, ${width} pixels wide`, async (t) => {
    const cluster = connect(t);
    const api = await startReadyApi(t);
    const namespace = await createNamespace(cluster, 'team');
    await createMachine(api, namespace, 'notebook', { ...SPEC, ingressDomain: `${namespace}.example.com` });
    await createMachine(api, namespace, 'gone', SPEC);
    await api.delete(namespace, 'gone');
    const page = await openConsole(t, api.url, { language, theme, width });
    for (const [name, { path, ready, click = [] }] of Object.entries(pagesOf(namespace))) {
      await page.goto(api.url + path);
      await page.locator(ready).first().waitFor();
      for (const target of click) await page.locator(target).first().click();
      await assertAccessible(page, name);
      assert.equal(
        await page.evaluate('document.documentElement.scrollWidth'),
        width,
        `${name} scrolls sideways`,
      );
    }
    assert.equal(await page.evaluate('document.documentElement.lang'), language);
    await page.goto(`${api.url}/machines/${namespace}/notebook`);
    const state = await page.locator('.state', { hasText: 'The machine is running' }).innerText();
    assert.equal(/运行中，可以访问/.test(state), language === 'zh', state);
  });
}
