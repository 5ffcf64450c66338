import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openConsole } from '../console/support/console.ts';
import { screenshot } from '../support/browser.ts';
import { waitFor } from '../support/workloads.ts';
import { machineOf } from './support/machines.ts';

/** A person reads the log of a machine and works in its terminal, in the console. */

const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();

/** What the terminal shows. Each row of xterm.js is an element. */
const shown = async (page: Page) => (await page.locator('.xterm-rows').innerText()).replaceAll('\u00a0', ' ');

/** Writes to what the processes of the machine write to. Containers of a pod may share their first process, which writes nothing. */
const WRITE_TO_LOG = `for process in /proc/[0-9]*; do
  case "$(readlink $process/fd/1)" in pipe:*) echo written later > $process/fd/1 ;; esac
done 2>/dev/null || true`;

test('the log arrives as it is written, and the terminal is a shell of the machine', async (t) => {
  const machine = await machineOf(t);
  const { api, namespace, name } = machine;
  const page = await openConsole(t, api.url, { path: `/create?namespace=${namespace}&name=${name}` });
  page.setDefaultTimeout(120_000);
  await page.getByLabel('CPU', { exact: true }).fill('500m');
  await page.getByLabel('Memory *').fill('1536Mi');
  await page.getByLabel('Disk', { exact: true }).fill('1Gi');
  await page.getByLabel('Host name').fill(`${namespace}.localhost`);
  await page.getByRole('button', { name: 'Create machine' }).click();
  await page.locator('.state .phase', { hasText: 'Running' }).waitFor();

  await tab(page, 'Logs');
  await page.locator('.log', { hasText: 'HTTP server listening' }).waitFor();
  await machine.exec(WRITE_TO_LOG);
  await page.locator('.log', { hasText: 'written later' }).waitFor();
  await screenshot(page, 'logs');

  await tab(page, 'Terminal');
  await page.getByRole('button', { name: 'Open a terminal' }).click();
  await page.locator('.live[data-on=true]', { hasText: 'Connected' }).waitFor();
  await page.keyboard.type("echo $((6 * 7))-'answer'; id -un\n");
  await waitFor('the answer', async () => /^42-answer\ncoder$/m.test(await shown(page)));
  await screenshot(page, 'terminal');
  await page.keyboard.type('sleep 1000\n');
  // A shell that has not started the command yet would start it after the interrupt.
  await waitFor('the command', () => machine.exec('grep -lx sleep /proc/[0-9]*/comm').catch(() => undefined));
  await page.keyboard.press('Control+C');
  await page.keyboard.type('tput cols\n');
  const columns = await waitFor(
    'the width',
    async () => /^(\d+)$/m.exec((await shown(page)).split('tput cols').at(-1) ?? '')?.[1],
  );
  await page.setViewportSize({ width: 700, height: 800 });
  await page.keyboard.type('clear; tput cols\n');
  await waitFor('a narrower terminal', async () => {
    const [, narrower] = /^(\d+)$/m.exec(await shown(page)) ?? [];
    return narrower !== undefined && Number(narrower) < Number(columns);
  });
  await page.keyboard.press('Control+F6');
  assert.equal(await page.evaluate("document.activeElement.closest('.toolbar') !== null"), true);
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type('exit 3\n');
  await page.getByText('The shell has ended with exit code 3.').waitFor();
});
