import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Config, loadConfig } from '../src/config.ts';

const DEFAULTS: Config = {
  host: '127.0.0.1',
  port: 8080,
  metricsPort: 9090,
  authMode: 'none',
  authModeReason: 'HOST 127.0.0.1 is a loopback address',
  insecure: false,
  rateLimitPerMinute: 0,
  trustProxy: [],
  corsOrigins: [],
  console: true,
  oidc: undefined,
  maxConnections: 20_000,
  logLevel: 'info',
  logReadsEvery: 100,
  kubeconfig: undefined,
  watchNamespaces: [],
  defaultNamespace: undefined,
  allowedHosts: ['localhost', '127.0.0.1', '[::1]', '::1'],
  loopbackHosts: ['localhost', '127.0.0.1', '[::1]', '::1'],
  clusterTimeoutMs: 15_000,
  maxStalenessMs: 300_000,
  statusSettings: { ingressStatus: 'required', ingressStatusIgnoredClasses: [] },
  maxWrites: 16,
  maxQueuedWrites: 1_000,
  purgeTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  shutdownTimeoutMs: 20_000,
  bodyLimitBytes: 262_144,
  maxReaders: 10_000,
  maxTerminals: 100,
  heartbeatMs: 15_000,
  eventHistoryBytes: 16_777_216,
};

/** NAME → the value that the commented line shows. */
const example = Object.fromEntries(
  readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^#?[A-Z_]+=/.test(line))
    .map((line) => line.replace(/^#/, '').split('=') as [string, string]),
);

test('without an environment there are the defaults, and .env.example shows them', () => {
  assert.deepEqual(loadConfig({}), DEFAULTS);
  assert.deepEqual(loadConfig(example), DEFAULTS);
});

test('.env.example holds the variables that the code reads, and no others', () => {
  const source = readFileSync(new URL('../src/config.ts', import.meta.url), 'utf8');
  const read = new Set(source.match(/(?<=')[A-Z]+(_[A-Z]+)*(?=')/g));
  assert.deepEqual(new Set(Object.keys(example)), read);
});

test('each variable counts', () => {
  const config = loadConfig({
    HOST: '0.0.0.0',
    PORT: '0',
    METRICS_PORT: '9091',
    AUTH_MODE: 'none',
    INSECURE_ANYONE_MAY_DO_ANYTHING: 'true',
    RATE_LIMIT_PER_MINUTE: '60',
    TRUST_PROXY: '10.0.0.0/8, ::1',
    CORS_ORIGINS: 'https://app.example.com',
    CONSOLE: 'off',
    OIDC_ISSUER: 'https://issuer.example.com',
    OIDC_CLIENT_ID: 'devmachine',
    MAX_CONNECTIONS: '5',
    LOG_LEVEL: 'silent',
    LOG_READS_EVERY: '7',
    KUBECONFIG: '/a:/b',
    WATCH_NAMESPACES: 'a, b,',
    DEFAULT_NAMESPACE: 'a',
    ALLOWED_HOSTS: 'A.example, b.example',
    CLUSTER_TIMEOUT_SECONDS: '1',
    MAX_STALENESS_SECONDS: '60',
    INGRESS_STATUS: 'ignored',
    INGRESS_STATUS_IGNORED_CLASSES: 'a, b',
    MAX_WRITES: '8',
    MAX_QUEUED_WRITES: '9',
    PURGE_TIMEOUT_SECONDS: '5',
    REQUEST_TIMEOUT_SECONDS: '2',
    SHUTDOWN_TIMEOUT_SECONDS: '3',
    BODY_LIMIT_BYTES: '4096',
    MAX_READERS: '7',
    MAX_TERMINALS: '3',
    HEARTBEAT_SECONDS: '4',
    EVENT_HISTORY_BYTES: '65536',
  });
  assert.deepEqual(config, {
    host: '0.0.0.0',
    port: 0,
    metricsPort: 9_091,
    authMode: 'none',
    authModeReason: 'AUTH_MODE is set',
    insecure: true,
    rateLimitPerMinute: 60,
    trustProxy: ['10.0.0.0/8', '::1'],
    corsOrigins: ['https://app.example.com'],
    console: false,
    oidc: { issuer: 'https://issuer.example.com', clientId: 'devmachine' },
    maxConnections: 5,
    logLevel: 'silent',
    logReadsEvery: 7,
    kubeconfig: '/a:/b',
    watchNamespaces: ['a', 'b'],
    defaultNamespace: 'a',
    allowedHosts: ['a.example', 'b.example'],
    loopbackHosts: undefined,
    clusterTimeoutMs: 1_000,
    maxStalenessMs: 60_000,
    statusSettings: { ingressStatus: 'ignored', ingressStatusIgnoredClasses: ['a', 'b'] },
    maxWrites: 8,
    maxQueuedWrites: 9,
    purgeTimeoutMs: 5_000,
    requestTimeoutMs: 2_000,
    shutdownTimeoutMs: 3_000,
    bodyLimitBytes: 4_096,
    maxReaders: 7,
    maxTerminals: 3,
    heartbeatMs: 4_000,
    eventHistoryBytes: 65_536,
  });
});

test('the default namespace must be served; a host that others reach is not held to names', () => {
  assert.throws(
    () => loadConfig({ DEFAULT_NAMESPACE: 'a', WATCH_NAMESPACES: 'b' }),
    /^Error: DEFAULT_NAMESPACE must be/,
  );
  assert.equal(loadConfig({ HOST: '0.0.0.0' }).allowedHosts, undefined);
});

test('a host that is no loopback address authenticates callers, unless everybody is to have all rights', () => {
  const insecure = { HOST: '0.0.0.0', AUTH_MODE: 'none' };
  assert.throws(() => loadConfig(insecure), /^Error: AUTH_MODE=none lets everybody .* HOST 0\.0\.0\.0 /);
  const modeOf = (env: Record<string, string>) => {
    const { authMode, insecure, rateLimitPerMinute } = loadConfig(env);
    return [authMode, insecure, rateLimitPerMinute];
  };
  assert.deepEqual(modeOf({ ...insecure, INSECURE_ANYONE_MAY_DO_ANYTHING: 'true' }), ['none', true, 0]);
  for (const HOST of ['0.0.0.0', '::', '10.1.2.3', '127.0.0.2', 'localhost.example.com'])
    assert.deepEqual(modeOf({ HOST }), ['kubernetes', false, 6_000], HOST);
  for (const HOST of ['localhost', '127.0.0.1', '::1']) {
    assert.deepEqual(modeOf({ HOST }), ['none', false, 0], HOST);
    assert.deepEqual(modeOf({ HOST, AUTH_MODE: 'kubernetes' }), ['kubernetes', false, 6_000], HOST);
  }
});

const WRONG = {
  AUTH_MODE: ['token', 'None'],
  INSECURE_ANYONE_MAY_DO_ANYTHING: ['1', 'yes'],
  TRUST_PROXY: [
    'true',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.1/8/8',
    'proxy.example.com',
    '10.0.0.0/',
  ],
  CONSOLE: ['yes'],
  OIDC_ISSUER: ['https://issuer.example.com'],
  CORS_ORIGINS: ['*', 'app.example.com', 'https://app.example.com/', 'null', 'file:///'],
  METRICS_PORT: ['65536', 'off'],
  RATE_LIMIT_PER_MINUTE: ['-1'],
  MAX_CONNECTIONS: ['0'],
  PORT: ['65536', '-1', '80a', '8.5', ' 80', '1e3'],
  LOG_LEVEL: ['loud', 'INFO'],
  WATCH_NAMESPACES: ['A', 'a b', 'a,-b', 'a'.repeat(64)],
  DEFAULT_NAMESPACE: ['a/b'],
  CLUSTER_TIMEOUT_SECONDS: ['0', '301', 'soon'],
  INGRESS_STATUS: ['on', 'Required'],
  PURGE_TIMEOUT_SECONDS: ['0', '301'],
  REQUEST_TIMEOUT_SECONDS: ['0'],
  SHUTDOWN_TIMEOUT_SECONDS: ['0'],
  BODY_LIMIT_BYTES: ['0', '2000000'],
  MAX_READERS: ['0', '100001'],
  HEARTBEAT_SECONDS: ['0', '61'],
  EVENT_HISTORY_BYTES: ['1024'],
};

test('a wrong value is one line that names the variable', () => {
  for (const [name, values] of Object.entries(WRONG)) {
    for (const value of values) {
      assert.throws(
        () => loadConfig({ [name]: value }),
        (error: Error) => error.message.startsWith(name) && !error.message.includes('\n'),
        `${name}=${value}`,
      );
    }
  }
});
