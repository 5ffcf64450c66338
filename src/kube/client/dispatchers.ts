import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { type ClusterAddress, type Credentials, loadCredentials } from './kubeconfig.ts';

/** Credentials, and the connections that were opened with them. */
export interface AuthenticatedDispatchers {
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: Dispatcher;
  /** Each watch has a connection of its own, that nothing else waits for. */
  readonly watches: Dispatcher;
}

export interface Dispatchers {
  current(): Promise<AuthenticatedDispatchers>;
  /** The channel with credentials read anew; the same one where they have not changed. */
  renew(refused: AuthenticatedDispatchers): Promise<AuthenticatedDispatchers>;
  close(): Promise<void>;
}

/** How long credentials are used before they are read again; client-go reads token files as often. */
const CREDENTIALS_TTL_MS = 60_000;
/** A cluster that answers 401 to everything must not make us read credentials at every request. */
const RENEW_INTERVAL_MS = 1_000;
/** More than changes and look-ups may run at once (see machines.ts): the lists and the pulse need not wait for them. */
const CONNECTIONS = 64;

/** `loadConfig` is asked when the cluster refuses the credentials: the files behind them may have been rotated. */
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
      // Those that we have may still be good; if not, the cluster will say so.
      if (open) return open.credentials;
      throw error;
    });
    loadedAt = performance.now();
    if (open && isDeepStrictEqual(open.credentials, credentials)) return open;
    const previous = open;
    const sameTls = previous && isDeepStrictEqual(previous.credentials.tls, credentials.tls);
    const { requests, watches } = sameTls ? previous : connect(address, credentials);
    open = { credentials, headers: credentials.headers, requests, watches };
    // Requests under way end on the old connections; a watch there goes on until its server closes it.
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

function connect(
  { proxyUrl }: ClusterAddress,
  { tls }: Credentials,
): Pick<AuthenticatedDispatchers, 'requests' | 'watches'> {
  // To read certificates and keys takes longer than the rest of opening a connection: once, not for each.
  const secure = { ...tls, secureContext: createSecureContext(tls) };
  const agent = (options: Agent.Options): Dispatcher =>
    proxyUrl
      ? new ProxyAgent({ uri: proxyUrl, requestTls: secure, ...options })
      : new Agent({ connect: { ...secure, timeout: 5_000 }, ...options });
  return {
    requests: agent({ connections: CONNECTIONS, allowH2: false }),
    watches: agent({ bodyTimeout: 0, allowH2: false }),
  };
}
