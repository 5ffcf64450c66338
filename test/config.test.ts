import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Config, loadConfig } from '../src/config.ts';

const DEFAULTS: Config = {
  host: '127.0.0.1',
  port: 8080,
  logLevel: 'info',
  logReadsEvery: 100,
  kubeconfig: undefined,
  watchNamespaces: [],
  defaultNamespace: undefined,
  allowedHosts: ['localhost', '127.0.0.1', '[::1]', '::1'],
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
    HEARTBEAT_SECONDS: '4',
    EVENT_HISTORY_BYTES: '65536',
  });
  assert.deepEqual(config, {
    host: '0.0.0.0',
    port: 0,
    logLevel: 'silent',
    logReadsEvery: 7,
    kubeconfig: '/a:/b',
    watchNamespaces: ['a', 'b'],
    defaultNamespace: 'a',
    allowedHosts: ['a.example', 'b.example'],
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

const WRONG = {
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
