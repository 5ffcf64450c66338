import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Api, startReadyApi } from '../support/api.ts';
import { connect, create } from '../support/cluster.ts';
import { waitFor } from '../support/workloads.ts';
import { type ConsoleOptions, openConsole } from './support/console.ts';
import { createMachine, SPEC } from './support/machines.ts';

/** Takes the pictures of docs/console.md: `npm run screenshots`. Chinese needs a font that has it, such as fonts-wqy-microhei. */

const FOLDER = join(import.meta.dirname, '../../docs/images/console');
const NAMESPACE = 'research';

test('the pictures of docs/console.md', { timeout: 280_000 }, async (t) => {
  const cluster = connect(t);
  const api = await startReadyApi(t);
  for (const name of [NAMESPACE, 'vision']) {
    await create(cluster, '/api/v1/namespaces', { metadata: { name } });
  }
  await makeMachines(api);
  const machine = `/machines/${NAMESPACE}/notebook`;
  const pages = {
    machines: { path: '/', ready: '.machines .row', height: 640 },
    machine: { path: machine, ready: '.timeline li', height: 860 },
    create: { path: `/create?namespace=${NAMESPACE}&name=analysis`, ready: '.submit', height: 960 },
    disks: { path: `/disks?namespace=${NAMESPACE}`, ready: '.disk', height: 420 },
  };
  for (const [name, { ready, ...options }] of Object.entries(pages)) {
    await picture(t, api, `${name}-en-light`, ready, options);
    await picture(t, api, `${name}-zh-dark`, ready, { ...options, language: 'zh', theme: 'dark' });
  }
  await picture(t, api, 'machine-phone-en-dark', '.timeline li', {
    path: machine,
    theme: 'dark',
    width: 360,
    height: 760,
  });
  const guarded = await startReadyApi(t, { AUTH_MODE: 'kubernetes' });
  await picture(t, guarded, 'sign-in-en-dark', '.sign-in', { theme: 'dark', height: 640 });
  await picture(t, guarded, 'sign-in-zh-light', '.sign-in', { language: 'zh', height: 640 });
});

async function makeMachines(api: Api): Promise<void> {
  const gpu = { ...SPEC, gpu: 1, cpu: 4, memory: '16Gi' };
  const host = (name: string) => ({ ingressDomain: `${name}.dev.example.com` });
  await createMachine(api, NAMESPACE, 'former', { ...SPEC, storage: { size: '50Gi' } });
  await api.delete(NAMESPACE, 'former');
  await createMachine(api, NAMESPACE, 'notebook', { ...SPEC, ...host('notebook') });
  await createMachine(api, NAMESPACE, 'protein-folding', {
    ...gpu,
    template: 'jupyter-gpu',
    ...host('folding'),
  });
  await createMachine(api, NAMESPACE, 'thesis', { ...SPEC, stopped: true }, 'Stopped');
  await createMachine(api, 'vision', 'annotation', {
    ...SPEC,
    template: 'jupyter-cpu',
    ...host('annotation'),
  });
  await api.create('vision', 'huge', { ...gpu, gpu: 64, template: 'vscode-gpu' });
  await waitFor(
    'a machine that does not fit',
    async () => (await api.status('vision', 'huge')).body.reason === 'Unschedulable',
  );
}

async function picture(t: TestContext, api: Api, name: string, ready: string, options: ConsoleOptions) {
  const page = await openConsole(t, api.url, { width: 1_200, ...options });
  await page.locator(ready).first().waitFor();
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  await writeFile(join(FOLDER, `${name}.webp`), data, 'base64');
  await page.close();
}
