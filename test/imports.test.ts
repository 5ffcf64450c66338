import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const FORBIDDEN = [
  ['src/devmachine', 'fastify'],
  ['src/devmachine', 'fastify-plugin'],
  ['src/devmachine', '@kubernetes/client-node'],
  ['src/devmachine', '../kube/machines.ts'],
  ['src/devmachine/schema', '../../kube/cache/store.ts'],
  ['src/devmachine', '../http/responses/problems.ts'],
  ['src/devmachine', '../config.ts'],
  ['src/http', '../kube/machines.ts'],
  ['src/http/routes/devmachines', '../../../kube/cache/store.ts'],
  ['src/http', '@kubernetes/client-node'],
  ['src/http', '../app.ts'],
  ['src/http/plugins', '../../config.ts'],
  ['src/kube', '../http/responses/problems.ts'],
  ['src/kube/cache', '../../http/sse/hub.ts'],
  ['src/kube', 'fastify'],
  ['src/kube', '../main.ts'],
  ['src/kube/status', '../../reporter/reporter.ts'],
  ['src/devmachine', '../reporter/reporter.ts'],
  ['src/http', '../reporter/reporter.ts'],
  ['src/reporter', '../http/responses/problems.ts'],
  ['src/reporter', 'fastify'],
  ['src/http/routes', '../../../console/src/ui/yaml.ts'],
  ['src/kube', '../../console/src/ui/yaml.ts'],
  ['console/src/ui', '../../../src/devmachine/schema/templates.ts'],
  ['console/src/state', '../../../src/http/sse/frames.ts'],
  ['console/src', 'node:fs'],
];

const ALLOWED = [
  ['src/http', '../devmachine/errors.ts'],
  ['src/http/plugins', 'fastify-plugin'],
  ['src/kube/client', '../../devmachine/errors.ts'],
  ['src', './http/responses/problems.ts'],
  ['src/reporter', '../kube/cache/informer.ts'],
  ['console/src/state', '../../../client/index.ts'],
];

test('imports point one way: main → app → http → devmachine ← kube', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'devmachine-imports-'));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(new URL('../biome.json', import.meta.url), join(folder, 'biome.json'));
  const files = [...FORBIDDEN, ...ALLOWED].map(([importer, imported], index) => {
    const file = `${importer}/file-${index}.ts`;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `export type { X } from '${imported}';\n`);
    return file;
  });
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const { stdout } = spawnSync(
    process.execPath,
    [biome, 'lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none'],
    { cwd: folder, encoding: 'utf8' },
  );
  const refused = files.filter((file) =>
    stdout.split('\n').some((line) => line.includes('noRestrictedImports') && line.includes(file)),
  );
  assert.deepEqual(refused, files.slice(0, FORBIDDEN.length), stdout);
});
