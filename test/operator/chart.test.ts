import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CASES } from './cases/all.ts';
import { password, VSCODE, variable } from './cases/case.ts';
import { REFUSED } from './cases/refused.ts';
import { HELMS, type Helm, lint, type Manifest, NAME, render, runConcurrently } from './helm.ts';

for (const helm of HELMS) {
  test(`${helm} lint --strict`, async () => {
    assert.match(await lint(helm), /0 chart\(s\) failed/);
  });

  describe(`objects that the chart renders with ${helm}`, { concurrency: 2 }, () => {
    for (const { name, spec, admin, check } of CASES) {
      test(name, async () => {
        const objects = await render(spec, { helm, ...(admin && { admin }) });
        for (const object of objects) hasItsLabels(object);
        // Everything that the cluster could refuse is applied before the Deployment.
        assert.equal(objects.at(-1).kind, 'Deployment');
        check(objects);
      });
    }
  });

  describe(`specs that the chart refuses with ${helm}`, { concurrency: 2 }, () => {
    for (const { name, spec, admin, message } of REFUSED) {
      test(name, () => assert.rejects(render(spec, { helm, ...(admin && { admin }) }), { message }));
    }
  });
}

test('only the password differs between two renderings, also of different versions of Helm', async () => {
  const rendered: string[] = [];
  await runConcurrently([...HELMS, ...HELMS], 2, async (helm) => {
    rendered.push(await withoutPassword(helm));
  });
  assert.deepEqual(rendered, Array(rendered.length).fill(rendered[0]));
});

for (const gpu of [0, 1]) {
  // The CRD refuses the variable, so a machine has it only if it was stored before that rule.
  test(`gpu: ${gpu}: NVIDIA_VISIBLE_DEVICES of an older machine is left out`, async () => {
    const env = [
      { name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' },
      { name: 'A', value: 'a' },
    ];
    const objects = await render({ ...VSCODE, gpu, env });
    assert.equal(variable(objects, 'NVIDIA_VISIBLE_DEVICES')?.value, gpu === 0 ? 'void' : undefined);
    assert.equal(variable(objects, 'A').value, 'a');
  });
}

async function withoutPassword(helm: Helm): Promise<string> {
  const spec = { memory: '1Gi', template: 'vscode-cpu', storage: { size: '1Gi' } };
  const objects = await render(spec, { helm });
  assert.match(atob(password(objects)), /^[A-Za-z0-9]{32}$/);
  return JSON.stringify(objects).replace(password(objects), '');
}

/** Every object carries the name of its machine. A selector holds nothing else, because it is immutable. */
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
