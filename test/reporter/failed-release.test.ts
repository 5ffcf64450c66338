import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { findAssets } from '../../dev/assets.ts';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import { openClient } from '../../src/kube/client/client.ts';
import { loadKubeConfig } from '../../src/kube/client/kubeconfig.ts';
import { toFailedRelease } from '../../src/reporter/failed-release.ts';
import { EXAMPLE_SPEC } from '../corpus/bodies.ts';
import { CHART, type Manifest, objects, only } from '../operator/helm.ts';
import { createNamespace, get, testKubeconfig } from '../support/cluster.ts';

/** The words of a release, as Helm stores it in a real cluster. */

const NAME = 'my-devmachine';
const OWNER = { apiVersion: 'ide.example.com/v1alpha1', kind: 'DevMachine', name: NAME, uid: 'uid-1' };

let stored: Manifest;
let password: string;

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'devmachine-release-'));
  const client = openClient(() => loadKubeConfig(testKubeconfig()), { timeoutMs: 30_000 });
  try {
    const namespace = await createNamespace(client);
    const values = join(folder, 'values.json');
    await writeFile(values, JSON.stringify({ ...EXAMPLE_SPEC, admin: { authProxy: 'false' } }));
    const { dir } = await findAssets(['helm3']);
    const args = ['install', NAME, CHART, '-n', namespace, '-f', values, '--kubeconfig', testKubeconfig()];
    await promisify(execFile)(join(dir, 'helm3'), args);
    const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${NAME}.v1`;
    stored = (await get(client, path)).body;
    const secret = only(objects(decode(stored).manifest), 'Secret');
    password = Buffer.from(secret.data.password, 'base64').toString();
    assert.equal(password.length, 32);
  } finally {
    await client.close();
    await rm(folder, { recursive: true });
  }
});

test('the words are those of the upgrade, without the password, and about the spec alone', () => {
  const base64 = Buffer.from(password).toString('base64');
  const at = '2026-01-02T03:04:05.678901234+02:00';
  const refusal = refusalOf({
    description: `Upgrade "${NAME}" failed: webhook denied "${password}", ${base64}\nand ${password}.`,
    last_deployed: at,
  });
  assert.deepEqual(refusal, {
    namespace: stored.metadata.namespace,
    machine: NAME,
    machineUid: OWNER.uid,
    specDigest: specDigest(EXAMPLE_SPEC),
    words: 'webhook denied "[redacted]", [redacted]\nand [redacted].',
    at: '2026-01-02T01:04:05Z',
  });
});

test('long words are cut after the password was replaced', () => {
  const words = refusalOf({ description: `Upgrade "x" failed: ${'-'.repeat(990)}${password}` })?.words;
  assert.equal(words, `${'-'.repeat(990)}[redacted]`);
  assert.equal(refusalOf({ description: `Upgrade "x" failed: ${'-'.repeat(2_000)}` })?.words.length, 1_000);
});

test('Secrets in stringData, in a List and in hooks are replaced, also where they are quoted', () => {
  const list = `kind: List
items:
  - kind: Secret
    data: {}
    stringData:
      number: 1234567890
      lines: "one \\"line\\"\\nanother"
`;
  const hook = 'kind: Secret\ndata:\n  key: aHVudGVyMg==\n';
  const description = `Upgrade "x" failed: ${JSON.stringify('one "line"\nanother')} 1234567890 MTIzNDU2Nzg5MA== hunter2`;
  const refusal = refusalOf({ description }, { manifest: list, hooks: [{ manifest: hook }] });
  assert.equal(refusal?.words, '"[redacted]" [redacted] [redacted] [redacted]');
});

test('nothing is said of a rollback, of a manifest that cannot be read, and of Secrets that Helm did not write', () => {
  const description = 'Upgrade "x" failed: no';
  assert.ok(refusalOf({ description }));
  assert.equal(refusalOf({ description: `Rollback "${NAME}" failed: cannot replace the disk` }), undefined);
  assert.equal(refusalOf({ description: 'Upgrade complete' }), undefined);
  assert.equal(refusalOf({ description }, { manifest: 'kind: Secret\n data: [' }), undefined);
  assert.equal(refusalOf({ description }, { config: undefined }), undefined);
  for (const ownerReferences of [[], [{ ...OWNER, kind: 'Pod' }], [{ ...OWNER, name: '../../x' }]])
    assert.equal(refusalOf({ description }, {}, ownerReferences), undefined);
  const { metadata } = stored;
  for (const release of [undefined, '', 'bm8=', gzipSync('[]').toString('base64')])
    assert.equal(
      toFailedRelease({ metadata: { ...metadata, ownerReferences: [OWNER] }, data: { release } }).refusal,
      undefined,
    );
});

/** What the reporter reads from the release, if it had failed. */
function refusalOf(info: object, more: object = {}, ownerReferences: object[] = [OWNER]) {
  const release = decode(stored);
  const failed = { ...release, info: { ...release.info, ...info }, ...more };
  return toFailedRelease({
    ...stored,
    metadata: { ...stored.metadata, ownerReferences },
    data: { release: encode(failed) },
  }).refusal;
}

const decode = ({ data }: Manifest): Manifest =>
  JSON.parse(gunzipSync(Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64')).toString());

const encode = (release: object): string =>
  Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');
