import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage } from '../../support/browser.ts';

export interface ConsoleOptions {
  readonly path?: string;
  readonly language?: 'en' | 'zh';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Origins that the page may talk to besides the API. */
  readonly origins?: readonly string[];
}

/**
 * Opens the console in a browser. The test fails if the page violates its CSP, talks to another host, or throws.
 */
export async function openConsole(t: TestContext, url: string, options: ConsoleOptions = {}): Promise<Page> {
  const { path = '/', language = 'en', theme = 'light', width = 1280, height = 800, origins = [] } = options;
  const page = await openPage(t);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'blob:' && ![new URL(url).origin, ...origins].includes(origin))
      problems.push(request.url());
  });
  t.after(() => assert.deepEqual(problems, []));
  page.setDefaultTimeout(30_000);
  await page.setViewportSize({ width, height });
  await prefer(page, language, theme);
  await page.goto(url + path);
  return page;
}

/** Sets what a person would choose in the header. */
export const prefer = (page: Page, language: string, theme: string): Promise<unknown> =>
  page.addInitScript(
    `localStorage.setItem('devmachine.language', '${language}'); localStorage.setItem('devmachine.theme', '${theme}')`,
  );

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Checks the page as it is with axe. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe);
  const violations = (await page.evaluate(`axe.run().then(({ violations }) => violations.map(
    ({ id, nodes }) => ({ id, nodes: nodes.map(({ html, any }) => [html, ...any.map(({ message }) => message)]) })))`)) as unknown[];
  assert.deepEqual(violations, [], `${what}: ${JSON.stringify(violations, undefined, 1)}`);
}
