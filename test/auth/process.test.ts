import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../dev/ports.ts';
import { startReadyApi } from '../support/api.ts';
import { connect } from '../support/cluster.ts';
import { createTeam, EDITOR } from './support/accounts.ts';
import { bearer, outcome } from './support/backend.ts';

const TEMPLATES = '/api/v1/templates';

/** The lines that say at the start which mode it is. */
const startLines = (log: readonly string[]) =>
  log.map((line) => JSON.parse(line)).filter(({ msg }) => /^authentication|^INSECURE/.test(msg));

test('the process authenticates callers on an address that others reach', async (t) => {
  const metricsPort = await freePort();
  const env = { HOST: '0.0.0.0', ALLOWED_HOSTS: '127.0.0.1', METRICS_PORT: String(metricsPort) };
  const api = await startReadyApi(t, env);
  assert.equal(outcome(await api.call('GET', TEMPLATES)), '401 unauthenticated');
  const garbage = await api.call('GET', TEMPLATES, undefined, bearer('garbage'));
  assert.equal(outcome(garbage), '401 unauthenticated');
  const { accounts } = await createTeam(connect(t), { editor: EDITOR });
  const known = await api.call('GET', TEMPLATES, undefined, bearer(accounts.editor.token));
  assert.equal(known.status, 200);

  const [line, ...more] = startLines(api.log);
  assert.partialDeepStrictEqual(line, {
    authMode: 'kubernetes',
    reason: 'HOST 0.0.0.0 is no loopback address',
    msg: 'authentication: every request has the rights of its bearer token',
  });
  assert.deepEqual(more, []);
  const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  assert.match(await metrics.text(), /^devmachine_cached_machines \d+$/m);
});

test('without authentication, the log says so, and warns if others reach the address', async (t) => {
  const local = await startReadyApi(t);
  assert.equal((await local.call('GET', TEMPLATES)).status, 200);
  assert.deepEqual(
    startLines(local.log).map(({ level, authMode }) => [level, authMode]),
    [[30, 'none']],
  );

  const env = { HOST: '0.0.0.0', AUTH_MODE: 'none', INSECURE_ANYONE_MAY_DO_ANYTHING: 'true' };
  const open = await startReadyApi(t, env);
  assert.equal((await open.call('GET', TEMPLATES)).status, 200);
  assert.deepEqual(
    startLines(open.log).map(({ level }) => level),
    [30, 40],
  );
});
