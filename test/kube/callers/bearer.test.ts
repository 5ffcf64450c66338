import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { expiryOf } from '../../../src/kube/callers/bearer.ts';
import { clusterAddress, loadCredentials, withoutCredentials } from '../../../src/kube/client/kubeconfig.ts';

const jwt = (claims: unknown) => `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

test('a token expires at its claim exp; others do not expire here', () => {
  assert.equal(expiryOf(jwt({ exp: 1_700_000_000 })), 1_700_000_000_000);
  for (const header of ['Bearer opaque', 'Bearer a.b.c', jwt({}), jwt({ exp: '1' }), jwt(null), jwt(5)])
    assert.equal(expiryOf(header), Number.POSITIVE_INFINITY, header);
});

test('the connections of callers carry no credentials of the kubeconfig', async () => {
  const config = new KubeConfig();
  const cluster = {
    name: 'c',
    server: 'https://cluster.example.com:6443/prefix',
    caData: Buffer.from('CA').toString('base64'),
    skipTLSVerify: false,
    proxyUrl: 'http://backend:password@proxy.example.com:3128',
  };
  for (const user of [
    { name: 'u', certData: 'Y2VydA==', keyData: 'a2V5' },
    { name: 'u', token: 'secret' },
    { name: 'u', username: 'backend', password: 'secret' },
    { name: 'u', exec: { command: '/no/such/plugin', apiVersion: 'client.authentication.k8s.io/v1' } },
  ]) {
    config.loadFromClusterAndUser(cluster, user);
    const anonymous = withoutCredentials(config);
    const { headers, tls } = await loadCredentials(anonymous);
    assert.deepEqual([headers, tls], [{}, { ca: 'CA' }]);
    const { origin, prefix, proxyUrl } = clusterAddress(anonymous);
    assert.deepEqual(
      [origin, prefix, proxyUrl],
      ['https://cluster.example.com:6443', '/prefix', 'http://proxy.example.com:3128/'],
    );
  }
});
