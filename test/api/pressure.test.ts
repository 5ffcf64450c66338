import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePath } from '../../src/kube/resources/devmachine.ts';
import { startReadyApi } from '../support/api.ts';
import { connect, createNamespace, get } from '../support/cluster.ts';

test('a thousand creates at once: each one succeeds or is refused without effect', async (t) => {
  const cluster = connect(t);
  const namespace = await createNamespace(cluster, 'pressure');
  const api = await startReadyApi(t, { MAX_WRITES: '4', MAX_QUEUED_WRITES: '20' });
  const names = Array.from({ length: 1_000 }, (_, index) => `m-${index}`);
  const answers = await Promise.all(names.map((name) => api.create(namespace, name)));

  const refused = new Set<string>();
  for (const [index, { status, headers, body }] of answers.entries()) {
    if (status === 201) continue;
    assert.deepEqual([status, body.type], [503, 'urn:devmachine:problem:overloaded']);
    assert.ok(Number(headers['retry-after']) > 0);
    refused.add(names[index] ?? '');
  }
  const created = names.length - refused.size;
  t.diagnostic(`${created} created, ${refused.size} refused`);
  assert.ok(created >= 24, `${created}`);
  assert.ok(refused.size > 0);

  const { body } = await get(cluster, machinePath({ namespace, name: '' }).slice(0, -1));
  const stored = body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  assert.deepEqual(new Set(stored), new Set(names.filter((name) => !refused.has(name))));
});
