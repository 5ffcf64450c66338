import { DNS_LABEL } from './devmachine/schema/formats.ts';
import { INGRESS_STATUSES, type StatusSettings } from './devmachine/status/settings.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The configuration, which comes from environment variables. .env.example documents each of them. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Log one in this many successful reads; 0 logs none. */
  readonly logReadsEvery: number;
  /** A list of kubeconfig files, as in KUBECONFIG. If undefined: ~/.kube/config, or the service account of the pod. */
  readonly kubeconfig: string | undefined;
  /** The namespaces that are served; empty serves all. */
  readonly watchNamespaces: readonly string[];
  /** The namespace of requests that name none. If undefined, requests about one machine must name one. */
  readonly defaultNamespace: string | undefined;
  /** The host names, in lower case, that requests may be sent to; undefined allows any. */
  readonly allowedHosts: readonly string[] | undefined;
  /** The time limit of one API call for everything that it does in the cluster, retries included. */
  readonly clusterTimeoutMs: number;
  /** How stale the cache may become, while the API server is unreachable, before reads fail. */
  readonly maxStalenessMs: number;
  readonly statusSettings: StatusSettings;
  /** How many writes to the cluster may run at the same time. */
  readonly maxWrites: number;
  /** How many writes may be queued. */
  readonly maxQueuedWrites: number;
  /** How long a purge waits for the operator. */
  readonly purgeTimeoutMs: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** How long a shutdown may take before the process exits anyway. */
  readonly shutdownTimeoutMs: number;
  readonly bodyLimitBytes: number;
  /** How many event streams may be open; and how many requests may wait for a phase. */
  readonly maxReaders: number;
  /** The heartbeat interval of event streams. */
  readonly heartbeatMs: number;
  /** The size of the event log, from which streams resume and lagging streams read. */
  readonly eventHistoryBytes: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration. Throws an error whose one-line message names the variable at fault. */
export function loadConfig(env: Environment = process.env): Config {
  const host = env['HOST'] || '127.0.0.1';
  const watchNamespaces = listOf(env, 'WATCH_NAMESPACES').map((name) => namespace('WATCH_NAMESPACES', name));
  const defaultNamespace = env['DEFAULT_NAMESPACE'] || undefined;
  if (defaultNamespace !== undefined) namespace('DEFAULT_NAMESPACE', defaultNamespace);
  if (defaultNamespace && watchNamespaces.length > 0 && !watchNamespaces.includes(defaultNamespace)) {
    throw new Error(`DEFAULT_NAMESPACE must be one of WATCH_NAMESPACES, and "${defaultNamespace}" is not`);
  }
  const allowedHosts = listOf(env, 'ALLOWED_HOSTS').map((name) => name.toLowerCase());
  return {
    host,
    port: integer(env, 'PORT', 8080, 0, 65_535),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    logReadsEvery: integer(env, 'LOG_READS_EVERY', 100, 0, 1_000_000),
    kubeconfig: env['KUBECONFIG'] || undefined,
    watchNamespaces,
    defaultNamespace,
    allowedHosts: allowedHosts.length > 0 ? allowedHosts : LOOPBACK.includes(host) ? LOOPBACK : undefined,
    clusterTimeoutMs: 1_000 * integer(env, 'CLUSTER_TIMEOUT_SECONDS', 15, 1, 300),
    maxStalenessMs: 1_000 * integer(env, 'MAX_STALENESS_SECONDS', 300, 10, 86_400),
    statusSettings: {
      ingressStatus: oneOf(env, 'INGRESS_STATUS', INGRESS_STATUSES, 'required'),
      ingressStatusIgnoredClasses: listOf(env, 'INGRESS_STATUS_IGNORED_CLASSES'),
    },
    maxWrites: integer(env, 'MAX_WRITES', 16, 1, 32),
    maxQueuedWrites: integer(env, 'MAX_QUEUED_WRITES', 1_000, 0, 100_000),
    purgeTimeoutMs: 1_000 * integer(env, 'PURGE_TIMEOUT_SECONDS', 15, 1, 300),
    requestTimeoutMs: 1_000 * integer(env, 'REQUEST_TIMEOUT_SECONDS', 30, 1, 300),
    shutdownTimeoutMs: 1_000 * integer(env, 'SHUTDOWN_TIMEOUT_SECONDS', 20, 1, 300),
    bodyLimitBytes: integer(env, 'BODY_LIMIT_BYTES', 262_144, 1_024, 1_048_576),
    maxReaders: integer(env, 'MAX_READERS', 10_000, 1, 100_000),
    heartbeatMs: 1_000 * integer(env, 'HEARTBEAT_SECONDS', 15, 1, 60),
    eventHistoryBytes: integer(env, 'EVENT_HISTORY_BYTES', 16_777_216, 65_536, 268_435_456),
  };
}

/** The host names of the loopback interface. They are the default of ALLOWED_HOSTS if the API listens on it. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1'];

export const listOf = (env: Environment, name: string): string[] =>
  (env[name] ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

function integer(env: Environment, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  if (!text) return fallback;
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}

export function oneOf<const T extends string>(
  env: Environment,
  name: string,
  values: readonly T[],
  fallback: T,
): T {
  const text = env[name] || fallback;
  const value = values.find((candidate) => candidate === text);
  if (value !== undefined) return value;
  throw new Error(`${name} must be one of ${values.join(', ')}, not "${text}"`);
}

export function namespace(variable: string, name: string): string {
  if (new RegExp(DNS_LABEL.pattern).test(name) && name.length <= DNS_LABEL.maxLength) return name;
  throw new Error(`${variable} must hold names of namespaces, and "${name}" is none`);
}
