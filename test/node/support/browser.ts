import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { findProgram } from '../../../dev/node/requirements.ts';

/** Opens a page of a headless Chromium of the system, which is closed with the test. Names under localhost lead to this machine. */
export async function openPage(t: TestContext): Promise<Page> {
  const executablePath = findProgram('chromium') ?? '';
  // As root, Chromium has no sandbox.
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(120_000);
  t.after(async () => {
    if (!t.passed) await screenshot(page, 'failed');
    await browser.close();
  });
  return page;
}

/** With SCREENSHOTS, writes a picture of the page to that folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}
