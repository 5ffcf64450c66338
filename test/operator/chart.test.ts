import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CASES } from './cases/all.ts';
import { password } from './cases/case.ts';
import { REFUSED } from './cases/refused.ts';
import { inTurns, lint, type Manifest, NAME, render } from './helm.ts';

test('helm lint --strict', async () => {
  assert.match(await lint(), /0 chart\(s\) failed/);
});

describe('what the chart makes of a spec', { concurrency: 2 }, () => {
  for (const { name, spec, admin, check } of CASES) {
    test(name, async () => {
      const objects = await render(spec, admin ? { admin } : {});
      for (const object of objects) hasItsLabels(object);
      check(objects);
    });
  }
});

describe('what the chart refuses', { concurrency: 2 }, () => {
  for (const { name, spec, admin, message } of REFUSED) {
    test(name, () => assert.rejects(render(spec, admin ? { admin } : {}), { message }));
  }
});

test('what is rendered depends on nothing but the values, but for the password', async () => {
  const rendered: string[] = [];
  await inTurns([1, 2], 2, async () => {
    const objects = await render({ memory: '1Gi', template: 'vscode-cpu', storage: { size: '1Gi' } });
    assert.match(atob(password(objects)), /^[A-Za-z0-9]{32}$/);
    rendered.push(JSON.stringify(objects).replace(password(objects), ''));
  });
  assert.equal(rendered[0], rendered[1]);
});

/** Every object names its machine; a selector is that name alone, because it can never change. */
function hasItsLabels(object: Manifest): void {
  const labels = object.metadata.labels;
  assert.equal(labels['ide.example.com/devmachine'], NAME, object.kind);
  assert.equal(labels['app.kubernetes.io/instance'], NAME);
  assert.equal(labels['app.kubernetes.io/managed-by'], 'Helm');
  if (object.kind === 'Deployment') {
    assert.deepEqual(object.spec.selector.matchLabels, { 'ide.example.com/devmachine': NAME });
    assert.equal(object.spec.template.metadata.labels['ide.example.com/devmachine'], NAME);
  }
}
