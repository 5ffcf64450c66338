import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { imageCommand } from '../dev/image-command.ts';
import { SERVER } from './cores.ts';
import { type Server, startServer } from './programs.ts';

const ROOT = join(import.meta.dirname, '..');
const PROBE = join(import.meta.dirname, 'programs/probe.ts');

export interface Backend extends Server {
  /** Heap and external memory of the process after a full garbage collection, in bytes. */
  heldBytes(): Promise<number>;
  /**
   * By how much its event loop was late at most since the last call, in ms. The first call covers the time since it listens:
   * before that, it loads its modules, and nobody can ask it anything.
   */
  longestTurn(): Promise<number>;
}

/** The arguments of Node.js in the image of the backend, with the path of the bundle. */
const imageArgs = (): string[] =>
  imageCommand()
    .slice(1)
    .map((arg) => (arg === 'dist/main.js' ? join(ROOT, arg) : arg));

/** Starts the production bundle as its image does; resolves when it is ready. */
export async function startBackend(
  kubeconfig: string,
  nodeFlags: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Backend> {
  const args = ['--expose-gc', '--import', PROBE, ...nodeFlags, ...imageArgs()];
  const ports = { PORT: '0', METRICS_PORT: '0' };
  const server = await startServer(SERVER, args, { KUBECONFIG: kubeconfig, ...ports, ...env });
  const ask = async (what: string): Promise<number> => {
    server.child.send(what);
    const [answer] = await once(server.child, 'message');
    return answer as number;
  };
  await ask('turn');
  while ((await get(`${server.url}/readyz`)) !== 200) await sleep(20);
  return { ...server, heldBytes: () => ask('memory'), longestTurn: () => ask('turn') };
}

async function get(url: string): Promise<number> {
  const { statusCode, body } = await request(url);
  await body.dump();
  return statusCode;
}

/** The CPU time that a process has used, in seconds. The kernel counts it in units of 10 ms. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
