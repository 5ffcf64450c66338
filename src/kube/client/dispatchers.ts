import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { type ClusterAddress, type Credentials, loadCredentials } from './kubeconfig.ts';

/** Request headers with credentials, and the connections that were opened with them. */
export interface AuthenticatedDispatchers {
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: Dispatcher;
  /** Each watch has a connection of its own. */
  readonly watches: Dispatcher;
  /** So has each WebSocket. */
  readonly sockets: HttpAgent;
}

type Connections = Pick<AuthenticatedDispatchers, 'requests' | 'watches' | 'sockets'>;

export interface Dispatchers {
  current(): Promise<AuthenticatedDispatchers>;
  /** Reads the credentials again; returns `refused` itself if they have not changed. */
  renew(refused: AuthenticatedDispatchers): Promise<AuthenticatedDispatchers>;
  close(): Promise<void>;
}

/** How long credentials are used before they are read again; the same as client-go's for token files. */
const CREDENTIALS_TTL_MS = 60_000;
/** Limits how often credentials are read again if the API server answers 401 to every request. */
const RENEW_INTERVAL_MS = 1_000;
/** More than writes and look-ups may use at once (see machines.ts), so lists and health checks never wait for them. */
const CONNECTIONS = 64;

/** `loadConfig` is called again when the API server refuses the credentials, because their files may have been rotated. */
export function openDispatchers(
  first: KubeConfig,
  loadConfig: () => KubeConfig,
  address: ClusterAddress,
): Dispatchers {
  let config = first;
  let open: (AuthenticatedDispatchers & { credentials: Credentials }) | undefined;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<AuthenticatedDispatchers> | undefined;

  async function load(): Promise<AuthenticatedDispatchers> {
    const credentials = await loadCredentials(config).catch((error: unknown) => {
      // The present credentials may still be valid. If not, the API server answers 401.
      if (open) return open.credentials;
      throw error;
    });
    loadedAt = performance.now();
    if (open && isDeepStrictEqual(open.credentials, credentials)) return open;
    const previous = open;
    const sameTls = previous && isDeepStrictEqual(previous.credentials.tls, credentials.tls);
    const { requests, watches, sockets } = sameTls ? previous : connect(address, credentials);
    open = { credentials, headers: credentials.headers, requests, watches, sockets };
    // Requests in flight finish on the old connections; a watch continues there until the server closes it.
    if (previous && !sameTls)
      for (const old of [previous.requests, previous.watches]) old.close().catch(() => undefined);
    return open;
  }

  function loadOnce(): Promise<AuthenticatedDispatchers> {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  return {
    async current() {
      return open && performance.now() - loadedAt < CREDENTIALS_TTL_MS ? open : loadOnce();
    },
    async renew(refused) {
      if (open && open !== refused) return open;
      if (performance.now() - loadedAt < RENEW_INTERVAL_MS) return refused;
      config = loadConfig();
      return loadOnce();
    },
    async close() {
      await Promise.all([open?.requests.destroy(), open?.watches.destroy()]);
    },
  };
}

function connect({ origin, proxyUrl }: ClusterAddress, { tls }: Credentials): Connections {
  // Parsing certificates and keys dominates the cost of a new connection: do it once for all of them.
  const secure = { ...tls, secureContext: createSecureContext(tls) };
  const agent = (options: Agent.Options): Dispatcher =>
    proxyUrl
      ? new ProxyAgent({ uri: proxyUrl, requestTls: secure, ...options })
      : new Agent({ connect: { ...secure, timeout: 5_000 }, ...options });
  return {
    requests: agent({ connections: CONNECTIONS, allowH2: false }),
    watches: agent({ bodyTimeout: 0, allowH2: false }),
    sockets: webSocketAgent(origin, secure, proxyUrl),
  };
}

/** `keepAlive` makes the kernel find out that the API server has gone; no idle connection is kept. */
function webSocketAgent(origin: string, tls: object, proxyUrl: string | undefined): HttpAgent {
  const options = { keepAlive: true, keepAliveMsecs: 30_000, maxFreeSockets: 0 };
  const proxyEnv = proxyUrl ? { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl, NO_PROXY: '' } : undefined;
  const all = { ...options, ...(proxyEnv && { proxyEnv }) };
  return origin.startsWith('https:') ? new HttpsAgent({ ...all, ...tls }) : new HttpAgent(all);
}
