import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { Agent } from 'undici';
import { buildApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import { type CallerTimes, openCallers, type TokenCallers } from '../../../src/kube/callers/callers.ts';
import { openClient } from '../../../src/kube/client/client.ts';
import { loadKubeConfig, withoutCredentials } from '../../../src/kube/client/kubeconfig.ts';
import { openMachines } from '../../../src/kube/machines.ts';
import { openObjects } from '../../../src/kube/objects/index.ts';
import { startMachineCache } from '../../../src/kube/status/machine-cache.ts';
import { openWrites } from '../../../src/kube/writes.ts';
import { LOG_OPTIONS } from '../../../src/logger.ts';
import { type Api, type ApiResponse, bearer, client } from '../../support/api.ts';
import { testKubeconfig } from '../../support/cluster.ts';
import { until } from '../../support/until.ts';

export interface AuthBackend {
  readonly url: string;
  readonly callers: TokenCallers;
  /** The lines of the log. */
  readonly log: readonly string[];
  readonly call: Api['call'];
  /** Calls with a token. */
  as(token: string): (method: string, path: string, body?: unknown) => Promise<ApiResponse>;
}

export interface AuthBackendOptions {
  /** The kubeconfig of the backend; by default that of the administrator, who has a client certificate. */
  readonly kubeconfig?: string;
  readonly env?: Record<string, string>;
  readonly times?: CallerTimes;
  readonly maxTokens?: number;
}

/** The backend in this process with AUTH_MODE=kubernetes, composed as in src/serve.ts. Resolves when it is synced. */
export async function startAuthBackend(
  t: TestContext,
  { kubeconfig = testKubeconfig(), env = {}, ...options }: AuthBackendOptions = {},
): Promise<AuthBackend> {
  const config = loadConfig({ AUTH_MODE: 'kubernetes', ...env });
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(line) };
  const logger = pino({ level: 'trace', ...LOG_OPTIONS }, destination);
  const stop = new AbortController();
  const { watchNamespaces: namespaces, maxStalenessMs, statusSettings, clusterTimeoutMs: timeoutMs } = config;
  const backend = openClient(() => loadKubeConfig(kubeconfig), { timeoutMs });
  const callerClient = openClient(() => withoutCredentials(loadKubeConfig(kubeconfig)), { timeoutMs });
  const cache = startMachineCache(
    { client: backend, namespaces, maxStalenessMs, statusSettings, log: logger },
    stop.signal,
  );
  const machines = openMachines(backend, cache, config);
  const writes = openWrites(backend, cache, config);
  const objects = openObjects(backend, cache, machines);
  const callers = openCallers({ client: callerClient, cache, writes, objects, namespaces, ...options });
  const app = await buildApp(config, { machines, callers, logger });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ connections: 64 });
  t.after(async () => {
    await agent.destroy();
    await app.close();
    stop.abort();
    await cache.stopped;
    await Promise.all([backend.close(), callerClient.close()]);
  });
  await until('the cache to be synced', () => cache.synced());
  const { call } = client(url, agent);
  const as = (token: string) => (method: string, path: string, body?: unknown) =>
    call(method, path, body, bearer(token));
  return { url, callers, log, call, as };
}

/** The lines of the audit log. */
export const auditLines = ({ log }: AuthBackend) =>
  log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'audit');

/** The status of a response and the type of its problem. */
export const outcome = ({ status, body }: ApiResponse): string =>
  status < 400 ? String(status) : `${status} ${String(body.type).replace('urn:devmachine:problem:', '')}`;
