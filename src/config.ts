import { isIP } from 'node:net';
import { DNS_LABEL } from './devmachine/schema/formats.ts';
import { INGRESS_STATUSES, type StatusSettings } from './devmachine/status/settings.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const AUTH_MODES = ['none', 'kubernetes'] as const;

/** The configuration, which comes from environment variables. .env.example documents each of them. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** The port of /metrics, on the same address; 0: no metrics. */
  readonly metricsPort: number;
  /** kubernetes: each request has the rights of its token. none: each request has the rights of the backend's account. */
  readonly authMode: (typeof AUTH_MODES)[number];
  /** Why it is this mode, for the log. */
  readonly authModeReason: string;
  /** Whether anybody who can reach a host that is not a loopback address has the rights of the backend's account. */
  readonly insecure: boolean;
  /** How many requests a user, or an address without a known user, may send per minute; 0: any number. */
  readonly rateLimitPerMinute: number;
  /** Addresses and networks of proxies whose X-Forwarded-… headers count. */
  readonly trustProxy: readonly string[];
  /** The origins of web pages that may call the API. */
  readonly corsOrigins: readonly string[];
  /** Whether the console is served. */
  readonly console: boolean;
  /** Where people sign in to the console; undefined if they can only enter a token. */
  readonly oidc: { readonly issuer: string; readonly clientId: string } | undefined;
  readonly maxConnections: number;
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
  /** The host names of the loopback interface if the API listens on it; else undefined. */
  readonly loopbackHosts: readonly string[] | undefined;
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
  /** How many event streams may be open, how many logs may be followed, and how many requests may wait for a phase. */
  readonly maxReaders: number;
  /** How many terminals may be open. */
  readonly maxTerminals: number;
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
  const loopbackHosts = LOOPBACK.includes(host) ? LOOPBACK : undefined;
  const authentication = authenticationOf(env, host);
  const allowedHosts = listOf(env, 'ALLOWED_HOSTS').map((name) => name.toLowerCase());
  return {
    host,
    port: integer(env, 'PORT', 8080, 0, 65_535),
    metricsPort: integer(env, 'METRICS_PORT', 9090, 0, 65_535),
    ...authentication,
    // Where nobody is known, all would share one limit behind a proxy.
    rateLimitPerMinute: integer(
      env,
      'RATE_LIMIT_PER_MINUTE',
      authentication.authMode === 'none' ? 0 : 6_000,
      0,
      10_000_000,
    ),
    trustProxy: listOf(env, 'TRUST_PROXY').map(network),
    corsOrigins: listOf(env, 'CORS_ORIGINS').map(origin),
    console: oneOf(env, 'CONSOLE', ['on', 'off'], 'on') === 'on',
    oidc: oidcOf(env),
    maxConnections: integer(env, 'MAX_CONNECTIONS', 20_000, 1, 1_000_000),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    logReadsEvery: integer(env, 'LOG_READS_EVERY', 100, 0, 1_000_000),
    kubeconfig: env['KUBECONFIG'] || undefined,
    watchNamespaces,
    defaultNamespace,
    allowedHosts: allowedHosts.length > 0 ? allowedHosts : loopbackHosts,
    loopbackHosts,
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
    maxTerminals: integer(env, 'MAX_TERMINALS', 100, 0, 10_000),
    heartbeatMs: 1_000 * integer(env, 'HEARTBEAT_SECONDS', 15, 1, 60),
    eventHistoryBytes: integer(env, 'EVENT_HISTORY_BYTES', 16_777_216, 65_536, 268_435_456),
  };
}

/** The host names of the loopback interface. They are the default of ALLOWED_HOSTS if the API listens on it. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1'];

/** On a loopback address, the person at this machine has the rights of the kubeconfig anyway. */
function authenticationOf(
  env: Environment,
  host: string,
): Pick<Config, 'authMode' | 'authModeReason' | 'insecure'> {
  const isLoopback = LOOPBACK.includes(host);
  const authMode = oneOf(env, 'AUTH_MODE', AUTH_MODES, isLoopback ? 'none' : 'kubernetes');
  const authModeReason = env['AUTH_MODE']
    ? 'AUTH_MODE is set'
    : `HOST ${host} is ${isLoopback ? 'a loopback address' : 'no loopback address'}`;
  const insecure = authMode === 'none' && !isLoopback;
  const accepted = oneOf(env, 'INSECURE_ANYONE_MAY_DO_ANYTHING', ['true', 'false'], 'false') === 'true';
  if (insecure && !accepted) {
    throw new Error(
      `AUTH_MODE=none lets everybody who can reach HOST ${host} do whatever the backend's account may do: unset it, or set INSECURE_ANYONE_MAY_DO_ANYTHING=true`,
    );
  }
  return { authMode, authModeReason, insecure };
}

/** Tokens go to the issuer, so it is reached over TLS, except on this machine. */
function oidcOf(env: Environment): Config['oidc'] {
  const [issuer, clientId] = [env['OIDC_ISSUER'] || undefined, env['OIDC_CLIENT_ID'] || undefined];
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer === undefined || clientId === undefined) {
    throw new Error('OIDC_ISSUER and OIDC_CLIENT_ID must be set together');
  }
  const url = URL.parse(issuer);
  const isPrivate =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (isPrivate) return { issuer, clientId };
  throw new Error(`OIDC_ISSUER must be an https URL, not "${issuer}"`);
}

function network(text: string): string {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const valid = prefix === undefined || (/^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= bits);
  if (bits > 0 && valid && rest.length === 0) return text;
  throw new Error(
    `TRUST_PROXY must hold IP addresses and networks such as 10.0.0.0/8, and "${text}" is none`,
  );
}

function origin(text: string): string {
  if (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text) return text;
  throw new Error(`CORS_ORIGINS must hold origins such as https://app.example.com, and "${text}" is none`);
}

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
