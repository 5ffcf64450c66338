import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeConfig, loadYaml } from '@kubernetes/client-node';

/** How this process authenticates to the API server. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
}

export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface ClusterAddress {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path prefix of every request, for a cluster behind a gateway; usually empty. */
  readonly prefix: string;
  readonly proxyUrl?: string;
}

/**
 * Finds the cluster as kubectl does: the files in `kubeconfig` (KUBECONFIG, a list), ~/.kube/config, the pod's service
 * account. Unlike client-node's loadFromDefault, it never falls back to http://localhost:8080, which may be this very
 * process. Throws an Error whose message says what to do.
 */
export function loadKubeConfig(kubeconfig: string | undefined): KubeConfig {
  const home = join(homedir(), '.kube', 'config');
  const files = kubeconfig ? existing(kubeconfig.split(delimiter)) : existsSync(home) ? [home] : [];
  const config = new KubeConfig();
  if (files.length > 0) loadFiles(config, files);
  else if (existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')) config.loadFromCluster();
  else
    throw new Error(
      'no cluster found: set KUBECONFIG, or write ~/.kube/config, or run in a pod with a service account',
    );
  if (!config.getCurrentCluster()) {
    throw new Error(
      `${files.join(delimiter)}: the current context "${config.currentContext}" names no cluster`,
    );
  }
  return config;
}

/** As in kubectl: missing files in a list are skipped, but a single file must exist. */
function existing(files: string[]): string[] {
  const named = files.filter(Boolean);
  return named.length > 1 ? named.filter((file) => existsSync(file)) : named;
}

function loadFiles(config: KubeConfig, files: string[]): void {
  for (const file of files) {
    const one = new KubeConfig();
    try {
      one.loadFromFile(file);
      readTokenFiles(one, file);
    } catch (error) {
      throw new Error(
        `the kubeconfig ${file} cannot be read: ${error instanceof Error ? error.message : error}`,
      );
    }
    config.mergeConfig(one, config.currentContext !== undefined);
  }
}

interface Users {
  readonly users?: readonly { readonly name: string; readonly user?: { readonly tokenFile?: string } }[];
}

/** client-node ignores `tokenFile`, and would send requests without credentials. */
function readTokenFiles(config: KubeConfig, file: string): void {
  const { users = [] } = loadYaml<Users>(readFileSync(file, 'utf8'));
  const tokenFiles = new Map(users.map(({ name, user }) => [name, user?.tokenFile]));
  config.users = config.users.map((user) => {
    const tokenFile = tokenFiles.get(user.name);
    if (!tokenFile || user.token) return user;
    const path = resolve(dirname(file), tokenFile);
    return { ...user, authProvider: { name: 'tokenFile', config: { tokenFile: path } } };
  });
}

export function clusterAddress(config: KubeConfig): ClusterAddress {
  const cluster = config.getCurrentCluster();
  if (!/^https?:\/\//.test(cluster?.server ?? '') || !URL.canParse(cluster?.server ?? '')) {
    throw new Error(`the server of cluster ${cluster?.name}, "${cluster?.server}", is no URL`);
  }
  const { origin, pathname } = new URL(cluster?.server ?? '');
  if (cluster?.proxyUrl && !/^https?:/.test(cluster.proxyUrl)) {
    throw new Error(`proxy-url ${cluster.proxyUrl}: only http and https proxies are supported`);
  }
  return {
    origin,
    prefix: pathname.replace(/\/$/, ''),
    ...(cluster?.proxyUrl ? { proxyUrl: cluster.proxyUrl } : {}),
  };
}

/**
 * The same cluster without any credentials: no certificate, token or plugin of the kubeconfig's user, and no user name and
 * password of the proxy.
 */
export function withoutCredentials(config: KubeConfig): KubeConfig {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig names no cluster');
  const { proxyUrl } = cluster;
  const anonymous = new KubeConfig();
  anonymous.loadFromClusterAndUser(
    { ...cluster, ...(proxyUrl && URL.canParse(proxyUrl) ? { proxyUrl: withoutUserInfo(proxyUrl) } : {}) },
    { name: 'caller' },
  );
  return anonymous;
}

function withoutUserInfo(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}

/** Reads files, runs exec plugins or asks identity providers, as the kubeconfig says. Too costly for every request. */
export async function loadCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers = Object.entries((options.headers ?? {}) as Record<string, string>).map(([name, value]) => [
    name.toLowerCase(),
    String(value).trim(),
  ]);
  const basic = options.auth
    ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` }
    : {};
  return { headers: { ...basic, ...Object.fromEntries(headers) }, tls: tlsOf(options) };
}

function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): Tls {
  return {
    ...(ca ? { ca: ca.toString() } : {}),
    ...(cert ? { cert: cert.toString() } : {}),
    ...(key ? { key: key.toString() } : {}),
    ...(servername ? { servername } : {}),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}
