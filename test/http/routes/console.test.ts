import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { buildApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import { anyCaller, type Power } from '../../../src/devmachine/caller.ts';
import type { Machines } from '../../../src/devmachine/machines.ts';
import { readConsole } from '../../../src/http/routes/console.ts';

/** The API with a console of these files. */
async function serveConsole(t: TestContext, files: Record<string, string>, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'devmachine-console-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'assets'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const app = await buildApp(loadConfig(env), {
    machines: {} as Machines,
    callers: anyCaller({} as Power),
    logger: pino({ level: 'silent' }),
    consoleFiles: await readConsole(pathToFileURL(`${folder}/`)),
  });
  t.after(() => app.close());
  return (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });
}

const FILES = {
  'index.html': '<title>DevMachine</title>',
  'index.html.br': 'as br',
  'assets/a-1.js': 'a',
  'assets/a-1.js.gz': 'as gzip',
};

test("the console's pages are its index, which is never used without asking", async (t) => {
  const get = await serveConsole(t, FILES);
  for (const path of ['/', '/create', '/disks', '/signed-in', '/machines/a/b', '/machines/a/b/change']) {
    const { statusCode, headers, body } = await get(path);
    assert.equal(statusCode, 200, path);
    assert.equal(body, FILES['index.html']);
    assert.equal(headers['cache-control'], 'no-cache');
  }
  assert.equal((await get('/machines/a')).statusCode, 404);
  assert.equal((await get('/assets/other-version.js')).statusCode, 404);
});

test('files are sent compressed as the browser accepts them, and kept for ever', async (t) => {
  const get = await serveConsole(t, FILES);
  const encodingOf = async (url: string, accepted: string) => {
    const { headers, body } = await get(url, { 'accept-encoding': accepted });
    return [headers['content-encoding'], body];
  };
  assert.deepEqual(await encodingOf('/', 'gzip, deflate, br'), ['br', 'as br']);
  assert.deepEqual(await encodingOf('/assets/a-1.js', 'gzip, deflate, br'), ['gzip', 'as gzip']);
  assert.deepEqual(await encodingOf('/assets/a-1.js', 'identity'), [undefined, 'a']);
  const { headers } = await get('/assets/a-1.js');
  assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
});

test('pages run nothing inline, and reach nobody but the API and the issuer', async (t) => {
  const get = await serveConsole(t, FILES, {
    OIDC_ISSUER: 'https://issuer.example.com/realm',
    OIDC_CLIENT_ID: 'console',
    DEFAULT_NAMESPACE: 'team',
  });
  const policy = String((await get('/')).headers['content-security-policy']);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.match(
    policy,
    /^default-src 'none'; .*connect-src 'self' https:\/\/issuer\.example\.com;.*frame-ancestors 'none'$/,
  );
  assert.deepEqual((await get('/console/config.json')).json(), {
    authMode: 'none',
    oidc: { issuer: 'https://issuer.example.com/realm', clientId: 'console' },
    defaultNamespace: 'team',
  });
});

test('without a build, / says how to make one; with CONSOLE=off there is nothing', async (t) => {
  const unbuilt = await serveConsole(t, {});
  const { statusCode, body } = await unbuilt('/');
  assert.equal(statusCode, 503);
  assert.match(body, /npm run build/);
  assert.equal((await unbuilt('/livez')).statusCode, 200);
  const off = await serveConsole(t, FILES, { CONSOLE: 'off' });
  assert.equal((await off('/')).statusCode, 404);
});
