import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPEC_DIGEST_ANNOTATION, specDigest } from '../../src/devmachine/status/spec-digest.ts';
import { EXAMPLE_SPEC, FULL_SPEC } from '../corpus/bodies.ts';
import { HELMS, only, render, runConcurrently } from './helm.ts';

/** The defaults of the CRD. The operator never sees a machine without them. */
const FILLED_IN = { cpu: 1, gpu: 0, gpuResource: 'nvidia.com/gpu', stopped: false };

/** Settings with which the chart accepts them. */
const ADMIN = { unguardedIngress: 'allow', csiDrivers: 'hfps.csi.example.com:' };

const TEXT =
  '<&>"\\ \b\f\n\r\t\u0001\u001f\u007f\u0085\u2028\u2029 é 😀 {{ .Values }} $(X) \\u0008 %s true 007 1e3';

const SPECS = [
  EXAMPLE_SPEC,
  FULL_SPEC,
  { ...FULL_SPEC, stopped: true },
  { memory: '1Gi', image: 'a/b:1', mounts: [], env: [], command: [], nodeSelector: {}, tolerations: [] },
  { memory: '1Gi', image: 'a/b:1', env: [{ name: 'A', value: TEXT }], args: [TEXT, ''] },
  { memory: '1Gi', image: 'a/b:1', nodeSelector: { Z: '1', 'a.b/c': '', a: 'x' }, cpu: 1_000_000 },
  {
    memory: '1Gi',
    image: 'a/b:1',
    tolerations: [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 2_147_483_647 }],
  },
];

for (const helm of HELMS) {
  test(`the chart, rendered with ${helm}, and the API compute the same digest, which differs between specs`, async () => {
    const digests = new Set<string>();
    await runConcurrently(SPECS, 2, async (spec) => {
      const filled = { ...FILLED_IN, ...spec };
      const objects = await render(filled, { helm, admin: ADMIN });
      const digest = only(objects, 'Deployment').metadata.annotations[SPEC_DIGEST_ANNOTATION];
      assert.equal(digest, specDigest(filled), JSON.stringify(spec));
      digests.add(digest);
    });
    assert.equal(digests.size, SPECS.length);
  });
}

test('the digest does not restart pods and does not depend on the settings of the administrator', async () => {
  const spec = { ...FILLED_IN, memory: '1Gi', template: 'vscode-cpu' };
  const [one, other] = [await render(spec), await render(spec, { admin: { authProxy: 'true' } })].map(
    (objects) => only(objects, 'Deployment'),
  );
  assert.equal(one.spec.template.metadata.annotations[SPEC_DIGEST_ANNOTATION], undefined);
  assert.equal(
    one.metadata.annotations[SPEC_DIGEST_ANNOTATION],
    other.metadata.annotations[SPEC_DIGEST_ANNOTATION],
  );
});
