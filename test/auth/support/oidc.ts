import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadPki } from '../../../dev/pki.ts';
import { EXAMPLE_SPEC, manifest } from '../../corpus/bodies.ts';
import { bearer } from '../../support/api.ts';
import { type AuditEvent, auditEvents } from '../../support/audit.ts';
import { connect, create } from '../../support/cluster.ts';
import { type DeployedCluster, startDeployedCluster } from '../../support/deployed.ts';
import { openStream } from '../../support/streams.ts';
import { type OidcProvider, startOidcProvider } from './oidc-provider.ts';
import { signIn } from './sign-in.ts';

/**
 * Tests people who sign in at an OpenID provider that the API server trusts, on this version of kube-apiserver; see
 * ControlPlaneOptions. Kubernetes 1.30 to 1.33 know the configuration as v1beta1.
 */
export function testOidc(apiserver: '1.30' | undefined): void {
  let provider: OidcProvider;
  let cluster: DeployedCluster;

  before(async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
    const { cluster: ca } = await loadPki(join(stateDir, 'pki'));
    provider = await startOidcProvider(ca);
    cluster = await startDeployedCluster({
      stateDir,
      apiserver,
      authentication: provider.trust(apiserver === '1.30' ? 'v1beta1' : 'v1'),
      audit: true,
    });
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

  test('people make machines where RBAC lets them, and every write in the audit log has their names', async (t) => {
    const api = await cluster.startBackend(t);
    const dana = bearer(await signIn(provider, 'dana'));
    const create = async (namespace: string) =>
      (
        await api.call(
          'POST',
          `/api/v1/devmachines?namespace=${namespace}`,
          manifest(EXAMPLE_SPEC, { name: 'mine' }),
          dana,
        )
      ).status;
    assert.equal(await create('team'), 201);
    assert.equal(await create('shared'), 403);
    assert.equal(await create('foreign'), 403);
    assert.equal((await api.status('team', 'mine', dana)).body.phase, 'Pending');
    assert.equal((await api.status('shared', 'mine', dana)).status, 404, 'the group may look');
    assert.equal((await api.status('foreign', 'mine', dana)).status, 403);
    const query = '?namespace=team&name=mine';
    assert.equal((await api.call('POST', `/api/v1/devmachines/stop${query}`, undefined, dana)).status, 202);
    assert.equal((await api.call('DELETE', `/api/v1/devmachines${query}`, undefined, dana)).status, 202);

    const isWrite = ({ verb, objectRef }: AuditEvent) =>
      objectRef?.resource === 'devmachines' && ['create', 'update', 'patch', 'delete'].includes(verb);
    const writes = (await auditEvents(cluster.controlPlane)).filter(isWrite);
    assert.deepEqual(new Set(writes.map(({ user }) => user.username)), new Set(['oidc:dana']));
    const own = await auditEvents(cluster.controlPlane, cluster.config.user);
    assert.deepEqual(new Set(own.map(({ verb }) => verb)), new Set(['get', 'list', 'watch']));
  });

  test('an event stream ends with the token that opened it', async (t) => {
    const api = await cluster.startBackend(t);
    provider.lifetime(10);
    const token = await signIn(provider, 'dana');
    const stream = await openStream(t, api.url, { namespace: 'team' }, undefined, bearer(token));
    await stream.until(({ events }) => events.some(({ event }) => event === 'synced'));
    await stream.ended;
    assert.equal((await api.status('team', 'mine', bearer(token))).status, 401);
  });
}
