import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { findProgram } from '../../dev/node/requirements.ts';

/** Opens a page of a headless Chromium of the system, which is closed with the test. Names under localhost lead to this machine. */
export async function openPage(t: TestContext): Promise<Page> {
  const executablePath = findProgram('chromium') ?? '';
  // As root, Chromium has no sandbox.
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  // The certificates of tests are their own.
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ignoreHTTPSErrors: true });
  page.setDefaultTimeout(120_000);
  /** What has been requested and not answered yet, and what went wrong. */
  const pending = new Set<string>();
  const problems: string[] = [];
  page.on('request', (request) => pending.add(request.url()));
  page.on('requestfinished', (request) => pending.delete(request.url()));
  page.on('requestfailed', (request) => {
    pending.delete(request.url());
    problems.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.url()}: ${response.status()}`);
  });
  page.on('pageerror', (error) => problems.push(error.message));
  t.after(async () => {
    if (!t.passed) {
      await screenshot(page, 'failed');
      const waiting = [...pending].map((url) => `${url}: no response yet`);
      t.diagnostic([page.url(), ...problems, ...waiting].join('\n'));
    }
    await browser.close();
  });
  return page;
}

/** With SCREENSHOTS, writes a picture of the page to that folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}
