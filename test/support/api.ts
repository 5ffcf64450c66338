import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { TestContext } from 'node:test';
import { Agent, request } from 'undici';
import { EXAMPLE_SPEC, manifest } from '../corpus/bodies.ts';
import { backendKubeconfig } from './cluster.ts';
import { assertDocumented } from './contract.ts';
import { until } from './until.ts';

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on the fields that they need
  readonly body: any;
}

export interface Api {
  readonly url: string;
  readonly pid: number;
  /** The lines that the process has written to standard output. */
  readonly log: readonly string[];
  /** Resolves with the exit code of the process. */
  readonly exitCode: Promise<number | null>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiResponse>;
  create(namespace: string, name: string, spec?: unknown, query?: string): Promise<ApiResponse>;
  status(namespace: string, name: string, headers?: Record<string, string>): Promise<ApiResponse>;
  delete(namespace: string, name: string): Promise<ApiResponse>;
}

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Starts the backend in its own process on a free port, as in production. Resolves when it listens. */
export async function startApi(t: TestContext, env: Record<string, string> = {}, main = MAIN): Promise<Api> {
  const child = spawn(process.execPath, [main], {
    env: { KUBECONFIG: backendKubeconfig(), LOG_LEVEL: 'info', METRICS_PORT: '0', ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const agent = new Agent({ connections: 64 });
  t.after(async () => {
    await agent.destroy();
    child.kill();
    await exited;
  });
  const log: string[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) => log.push(line));
  const url = await Promise.race([listening(lines), exited.then(() => '')]);
  if (!url || child.pid === undefined) throw new Error('the backend did not start');
  return { url, pid: child.pid, log, exitCode: exited.then(([code]) => code), ...client(url, agent) };
}

/** Starts the backend and waits until its cache is synced. */
export async function startReadyApi(
  t: TestContext,
  env: Record<string, string> = {},
  main = MAIN,
): Promise<Api> {
  const api = await startApi(t, env, main);
  await until('/readyz to return 200', async () => (await api.call('GET', '/readyz')).status === 200);
  return api;
}

async function listening(lines: Interface): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  lines.on('line', (line) => {
    const url = /Server listening at (http:[^"]*)/.exec(line)?.[1];
    if (url) resolve(url);
  });
  return promise;
}

/** Calls an API that listens on `url`, and validates each response against openapi.yaml. */
export function client(url: string, dispatcher: Agent): Omit<Api, 'url' | 'pid' | 'log' | 'exitCode'> {
  const call: Api['call'] = async (method, path, body, headers = {}) => {
    const response = await request(`${url}${path}`, {
      method,
      dispatcher,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.body.text();
    const type = String(response.headers['content-type']);
    const parsed = type.includes('json') ? JSON.parse(text) : text;
    assertDocumented(method, path, response.statusCode, type, parsed);
    return { status: response.statusCode, headers: response.headers, body: parsed };
  };
  const target = (namespace: string, name: string) => new URLSearchParams({ name, namespace });
  return {
    call,
    create: (namespace, name, spec = EXAMPLE_SPEC, query = '') =>
      call('POST', `/api/v1/devmachines?namespace=${namespace}${query}`, manifest(spec, { name })),
    status: (namespace, name, headers) =>
      call('GET', `/api/v1/devmachines/status?${target(namespace, name)}`, undefined, headers),
    delete: (namespace, name) => call('DELETE', `/api/v1/devmachines?${target(namespace, name)}`),
  };
}
