import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { thirdPartyLicences } from '../../scripts/licences.ts';

/** A folder with these packages, and the modules of a bundle, one of each. */
function bundleOf(t: TestContext, packages: Record<string, Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'devmachine-licences-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [folder, files] of Object.entries(packages)) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, folder, name), text);
  }
  const modules = [...Object.keys(packages).map((folder) => `${folder}/lib/index.js`), 'src/main.ts'];
  return { root, modules };
}

const describe = (name: string, version: string) => JSON.stringify({ name, version, license: 'MIT' });

test('each version of a package is named once, with its licence and notice', async (t) => {
  const { root, modules } = bundleOf(t, {
    'node_modules/b': { 'package.json': describe('b', '2.0.0'), 'license.md': 'B, newer' },
    'node_modules/@a/a': { 'package.json': describe('@a/a', '1.0.0'), LICENSE: 'A', NOTICE: 'of A' },
    'node_modules/@a/a/node_modules/b': { 'package.json': describe('b', '1.0.0'), LICENCE: 'B' },
    'node_modules/c/node_modules/b': { 'package.json': describe('b', '1.0.0'), LICENCE: 'B' },
  });
  assert.deepEqual((await thirdPartyLicences(modules, root)).split(/\n-+\n\n/), [
    '@a/a 1.0.0 (MIT)\n\nA\n\nof A\n',
    'b 1.0.0 (MIT)\n\nB\n',
    'b 2.0.0 (MIT)\n\nB, newer\n',
  ]);
});

test('a package without the text of its licence is refused', async (t) => {
  const { root, modules } = bundleOf(t, {
    'node_modules/bare': { 'package.json': describe('bare', '1.0.0'), NOTICE: 'not a licence' },
  });
  await assert.rejects(thirdPartyLicences(modules, root), /^Error: bare 1\.0\.0 is in the bundle/);
});
