import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { writePrivate } from '../../dev/pki.ts';
import { create } from '../support/cluster.ts';
import { until } from '../support/until.ts';
import { type DiagnosisContext, type Drill, runDrills } from './support/drill.ts';
import type { Site } from './support/site.ts';

/** The cluster no longer takes our token, or has taken a right away: in earnest, with tokens and roles of its own. */

const ROLE_BINDINGS = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';

const core = ({ world }: Site) => `/api/v1/namespaces/${world.namespace}`;
const tokenFile = (site: Site) => `${site.kubeconfig}.token`;

/** A kubeconfig of a service account that may do everything, with a token of which only we know. */
async function asServiceAccount(site: Site): Promise<string> {
  await grant(site);
  await writePrivate(tokenFile(site), await newToken(site, 'first'));
  const file = `${site.kubeconfig}.bearer`;
  const certificate = Buffer.from(site.proxy.ca).toString('base64');
  const cluster = { server: site.proxy.url, 'certificate-authority-data': certificate };
  await writePrivate(
    file,
    stringify({
      clusters: [{ name: 'proxy', cluster }],
      users: [{ name: 'backend', user: { tokenFile: tokenFile(site) } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'backend' } }],
      'current-context': 'proxy',
    }),
  );
  return file;
}

async function grant({ direct, world: { namespace } }: Site): Promise<void> {
  const reply = await create(direct, ROLE_BINDINGS, {
    metadata: { name: namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
}

/** Good as long as the Secret is there that it is bound to. */
async function newToken(site: Site, name: string): Promise<string> {
  const secret = await create(site.direct, `${core(site)}/secrets`, { metadata: { name } });
  const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name, uid: secret.body.metadata.uid };
  const path = `${core(site)}/serviceaccounts/default/token`;
  const { status, body } = await create(site.direct, path, { spec: { boundObjectRef } });
  assert.equal(status, 201, JSON.stringify(body));
  return body.status.token;
}

const remove = ({ direct }: Site, path: string) =>
  direct.request({ method: 'DELETE', path, signal: AbortSignal.timeout(10_000) });

async function revoke(site: Site): Promise<void> {
  await remove(site, `${ROLE_BINDINGS}/${site.world.namespace}`);
}

const cutAll = ({ proxy }: DiagnosisContext) => {
  for (const exchange of proxy.open()) exchange.cut();
};

const refusals = ({ stack }: DiagnosisContext, words: string) =>
  stack.warnings.filter((line) => line.includes(words)).length;

/** The API server keeps what it has found out about a token for 10 s. */
async function revokeFirst(context: DiagnosisContext): Promise<void> {
  await remove(context, `${core(context)}/secrets/first`);
  await sleep(11_000);
}

const drills: Drill[] = [
  {
    fault: 'the token is rotated, then the old one revoked',
    expected: 'the first 401 is answered with the new token; nothing is refused',
    kubeconfig: asServiceAccount,
    async during(context) {
      await writePrivate(tokenFile(context), await newToken(context, 'second'));
      await revokeFirst(context);
      cutAll(context);
      await context.changes();
      await context.agree();
      assert.equal(refusals(context, 'refuses the credentials of this service'), 0);
    },
    afterwards: revoke,
  },
  {
    fault: '401 until the token is rotated',
    expected: 'tried again; the last known is answered',
    kubeconfig: asServiceAccount,
    async during(context) {
      await revokeFirst(context);
      cutAll(context);
      await context.changes();
      await until('a 401 in the log', () => refusals(context, 'refuses the credentials of this service') > 0);
      await sleep(2_000);
      await writePrivate(tokenFile(context), await newToken(context, 'second'));
    },
    afterwards: revoke,
  },
  {
    fault: '403: all rights are taken away, and given back',
    expected: 'tried again; the last known is answered, parts are unknown',
    kubeconfig: asServiceAccount,
    async during(context) {
      await revoke(context);
      // The API server decides by its own cache.
      await sleep(500);
      cutAll(context);
      await context.changes();
      await until('a 403 in the log', () => refusals(context, 'forbidden') > 0);
      await sleep(2_000);
      await grant(context);
    },
    afterwards: revoke,
  },
];

runDrills(drills);
