import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCa, createLeaf, isStillGood } from '../../dev/certs.ts';
import { loadPki } from '../../dev/pki.ts';
import { temporaryFolder } from './support/processes.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

test('a leaf is signed by its CA, matches its key and names its hosts', async () => {
  const ca = await createCa('test ca');
  const leaf = await createLeaf(ca, { commonName: 'server', hosts: ['localhost', '127.0.0.1', '::1'] });
  const issuer = new X509Certificate(ca.cert);
  const certificate = new X509Certificate(leaf.cert);
  assert.ok(issuer.ca);
  assert.ok(issuer.verify(issuer.publicKey));
  assert.ok(!certificate.ca);
  assert.ok(certificate.checkIssued(issuer));
  assert.ok(certificate.verify(issuer.publicKey));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(leaf.key)));
  assert.equal(certificate.checkHost('localhost'), 'localhost');
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.notEqual(certificate.checkIP('::1'), undefined);
  assert.equal(certificate.checkHost('example.com'), undefined);
  assert.deepEqual(usagesOf(certificate), ['client', 'server']);
});

test('a client certificate holds any user name and all groups', async () => {
  const ca = await createCa('test ca');
  const user = 'system:serviceaccount:team, a=b+c';
  const leaf = await createLeaf(ca, { commonName: user, organizations: ['one', 'two, three'] });
  const { subject } = new X509Certificate(leaf.cert).toLegacyObject();
  assert.equal(subject.CN, user);
  assert.deepEqual(subject.O, ['one', 'two, three']);
  assert.deepEqual(usagesOf(new X509Certificate(leaf.cert)), ['client']);
});

test('a leaf is valid for its own CA only, and until 30 days before it expires', async () => {
  const [ca, other] = await Promise.all([createCa('one'), createCa('one')]);
  const leaf = await createLeaf(ca, { commonName: 'user' });
  assert.equal(await isStillGood(leaf, ca), true);
  assert.equal(await isStillGood(leaf, ca, Date.now() + 334 * DAY_MS), true);
  assert.equal(await isStillGood(leaf, ca, Date.now() + 336 * DAY_MS), false);
  assert.equal(await isStillGood(leaf, other), false);
});

test('loadPki creates three different CAs and private files, and reuses them', async (t) => {
  const dir = join(await temporaryFolder(t), 'pki');
  const first = await loadPki(dir);
  const authorities = [first.cluster, first.frontProxy, first.etcdCa];
  assert.equal(new Set(authorities.map(({ cert }) => new X509Certificate(cert).fingerprint256)).size, 3);
  assert.equal(new Set(authorities.map(({ cert }) => new X509Certificate(cert).subject)).size, 3);

  const server = new X509Certificate(first.apiserver.cert);
  assert.ok(server.verify(new X509Certificate(first.cluster.cert).publicKey));
  assert.notEqual(server.checkHost('kubernetes.default.svc'), undefined);
  const etcdKey = new X509Certificate(first.etcdCa.cert).publicKey;
  for (const { cert } of [first.etcd, first.etcdClient]) assert.ok(new X509Certificate(cert).verify(etcdKey));
  assert.ok(!new X509Certificate(first.admin.cert).verify(etcdKey));

  for (const file of [first.cluster.keyFile, first.admin.keyFile, first.serviceAccount.privateFile]) {
    assert.equal((await stat(file)).mode & 0o777, 0o600, file);
  }
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
  assert.deepEqual(await loadPki(dir), first);
});

test('the service account keys match', async (t) => {
  const { serviceAccount } = await loadPki(await temporaryFolder(t));
  const derived = createPublicKey(await readFile(serviceAccount.privateFile, 'utf8'));
  const written = createPublicKey(await readFile(serviceAccount.publicFile, 'utf8'));
  assert.ok(derived.equals(written));
});

const USAGES: Record<string, string> = { '1.3.6.1.5.5.7.3.1': 'server', '1.3.6.1.5.5.7.3.2': 'client' };

function usagesOf(certificate: X509Certificate): string[] {
  return (certificate.keyUsage ?? []).map((id) => USAGES[id] ?? id).toSorted();
}
