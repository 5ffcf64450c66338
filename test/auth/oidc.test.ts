import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadPki } from '../../dev/pki.ts';
import { connect, create } from '../support/cluster.ts';
import { type DeployedCluster, startDeployedCluster } from '../support/deployed.ts';
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.ts';
import { signIn } from './support/sign-in.ts';

/** People who sign in at an OpenID provider that the API server trusts. */

let provider: OidcProvider;
let cluster: DeployedCluster;

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const { cluster: ca } = await loadPki(join(stateDir, 'pki'));
  provider = await startOidcProvider(ca);
  cluster = await startDeployedCluster({ stateDir, authentication: provider.trust, audit: true });
  const { kubectl } = cluster;
  for (const namespace of ['team', 'shared', 'foreign']) await kubectl('create', 'namespace', namespace);
  const bind = (namespace: string, role: string, subject: string) =>
    kubectl('create', 'rolebinding', role, '-n', namespace, `--clusterrole=${role}`, subject);
  await bind('team', 'devmachine-editor', '--user=oidc:dana');
  await bind('shared', 'devmachine-viewer', '--group=oidc:developers');
});

after(async () => {
  await cluster?.remove();
  await provider?.close();
});

test('the API server knows the user and the groups of an ID token, but not the token of another client', async (t) => {
  const review = async (token: string) =>
    create(
      connect(t, await cluster.kubeconfigOf(token)),
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      {},
    );
  const { status, body } = await review(await signIn(provider, 'dana'));
  assert.equal(status, 201);
  const { username, groups } = body.status.userInfo;
  assert.equal(username, 'oidc:dana');
  assert.deepEqual(groups, ['oidc:developers', 'system:authenticated']);
  const foreign = await signIn(provider, 'dana', { clientId: 'wiki' });
  assert.equal((await review(foreign)).status, 401);
});
