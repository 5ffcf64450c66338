import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, screenshot } from '../support/browser.ts';
import { waitFor } from '../support/workloads.ts';
import { machineOf } from './support/machines.ts';

/** A person opens a machine in a browser. With SCREENSHOTS, pictures of it go to that folder. */

const SMALL = { cpu: '500m', memory: '1536Mi', storage: { size: '1Gi' } };

test('VS Code asks for the password, and its terminal is a shell of the user', async (t) => {
  const machine = await machineOf(t);
  await machine.create({ ...SMALL, template: 'vscode-cpu', ingressDomain: `${machine.namespace}.localhost` });
  const { url } = await machine.running();
  const page = await openPage(t);
  await page.goto(url);
  await page.fill('input[type=password]', 'a wrong password');
  await page.press('input[type=password]', 'Enter');
  await page.getByText('Incorrect password').waitFor();
  await page.fill('input[type=password]', await machine.password());
  await page.press('input[type=password]', 'Enter');
  await page.locator('.monaco-workbench .part.statusbar').waitFor();
  // The home directory is trusted, so no dialog is in the way.
  await page.keyboard.press('Control+`');
  await page.locator('.terminal.xterm textarea').waitFor();
  const command =
    "bash -c 'id -un; locale charmap; echo $SHELL; pwd' > ~/partial 2>&1 && mv ~/partial ~/from-terminal";
  await page.locator('.terminal.xterm textarea').focus();
  const output = await waitFor('the output of the terminal', async () => {
    await page.keyboard.type(command);
    await page.keyboard.press('Enter');
    return machine.exec('cat ~/from-terminal').catch(() => undefined);
  });
  assert.equal(output, 'coder\nUTF-8\n/bin/bash\n/home/coder\n');
  await screenshot(page, 'vscode');
});

test('JupyterLab asks for the password, and its kernel computes', async (t) => {
  const machine = await machineOf(t);
  await machine.create({
    ...SMALL,
    template: 'jupyter-cpu',
    ingressDomain: `${machine.namespace}.localhost`,
  });
  const { url } = await machine.running();
  const page = await openPage(t);
  await page.goto(url);
  await page.fill('input[type=password]', await machine.password());
  await page.press('input[type=password]', 'Enter');
  await page.locator('.jp-LauncherCard[data-category=Notebook]').first().click();
  // Before the kernel is there, JupyterLab does not run a cell.
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status=idle]').waitFor();
  const cell = page.locator('.jp-Notebook .cm-content').first();
  await cell.click();
  await cell.pressSequentially('import os; print(6 * 7, os.getcwd())');
  await page.keyboard.press('Shift+Enter');
  await page.locator('.jp-OutputArea-output', { hasText: '42 /home/jovyan' }).waitFor();
  await screenshot(page, 'jupyterlab');
});
