import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadPki } from '../../dev/pki.ts';
import { CLIENT_ID, type OidcProvider, startOidcProvider } from '../auth/support/oidc-provider.ts';
import { type DeployedCluster, startDeployedCluster } from '../support/deployed.ts';
import { openConsole } from './support/console.ts';

/** A person signs in to the console of the production build at a real OpenID provider, which the API server trusts. */

let provider: OidcProvider;
let cluster: DeployedCluster;

before(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'devmachine-test-'));
  const { cluster: ca } = await loadPki(join(stateDir, 'pki'));
  provider = await startOidcProvider(ca);
  cluster = await startDeployedCluster({ stateDir, authentication: provider.trust('v1') });
  await cluster.kubectl('create', 'namespace', 'team');
  await cluster.kubectl(
    'create',
    'rolebinding',
    'dana',
    '-n',
    'team',
    '--clusterrole=devmachine-editor',
    '--user=oidc:dana',
  );
});

after(async () => {
  await cluster?.remove();
  await provider?.close();
});

test('signing in at the issuer stores no token', async (t) => {
  const api = await cluster.startBackend(t, {
    HOST: '127.0.0.1',
    AUTH_MODE: 'kubernetes',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
  });
  const page = await openConsole(t, api.url, { path: '/?namespace=team', origins: [provider.issuer] });
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: `Sign in with ${new URL(provider.issuer).host}` }).click();
  const issuer = await popup;
  await issuer.locator('[name=login]').fill('dana');
  await issuer.locator('[name=password]').fill('any');
  await issuer.getByRole('button', { name: 'Sign-in' }).click();
  await issuer.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('No machines yet').waitFor();
  const stored = await page.evaluate(
    'JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])',
  );
  assert.doesNotMatch(String(stored), /ey[A-Za-z0-9_-]{20}/);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
});
