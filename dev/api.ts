import { setTimeout as sleep } from 'node:timers/promises';
import pretty from 'pino-pretty';
import { request } from 'undici';
import { REPOSITORY } from './foreground.ts';
import { type RunningProcess, startProcess } from './process.ts';

export interface ApiAddress {
  readonly host: string;
  readonly port: number;
  /** The URL for clients on this machine. */
  readonly url: string;
}

/** Reads PORT and HOST. The defaults are those of the API. */
export function readAddress(env: NodeJS.ProcessEnv): ApiAddress {
  const host = env['HOST'] || '127.0.0.1';
  const port = readPort(env, 'PORT', 8080);
  const local = ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host);
  const name = host.includes(':') ? `[${host}]` : host;
  return { host, port, url: `http://${local ? 'localhost' : name}:${port}` };
}

/** Reads a variable that holds a port. */
export function readPort(env: NodeJS.ProcessEnv, variable: string, byDefault: number): number {
  const text = env[variable] || String(byDefault);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw new Error(`${variable} must be a whole number from 1 to 65535, not "${text}"`);
  return port;
}

/**
 * Runs the API and restarts it when a file that it imports changes. Prints its log in a readable form. `env` has the variables
 * that the user cannot set.
 */
export async function startApi(address: ApiAddress, env: Record<string, string>): Promise<RunningProcess> {
  const api = await startProcess({
    name: 'the API',
    command: process.execPath,
    args: ['--watch', '--watch-preserve-output', 'src/main.ts'],
    cwd: REPOSITORY,
    env: { METRICS_PORT: '0', ...process.env, HOST: address.host, PORT: String(address.port), ...env },
  });
  const colorize = process.stdout.isTTY === true;
  const destination = process.stdout;
  const readable = pretty({
    colorize,
    destination,
    ignore: 'pid,hostname',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
  });
  api.child.stdout?.pipe(readable, { end: false });
  api.child.stderr?.pipe(process.stderr, { end: false });
  return api;
}

/** Waits without a time limit: an API that fails to start is restarted when its files change. */
export async function waitForApi({ url }: ApiAddress, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const ready = await request(`${url}/readyz`, { signal, headersTimeout: 2_000, reset: true }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode === 200;
      },
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
}
