import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pinned } from './cores.ts';

const running = new Set<ChildProcess>();

/** Kills the programs that still run, because a row has failed or the user has interrupted the benchmark. */
export async function killPrograms(): Promise<void> {
  const children = [...running];
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => once(child, 'exit')));
}

/**
 * Runs a program of bench/programs on a core, with `input` as its argument. Returns its output, parsed as JSON. If the program
 * sends a message, it waits until `onMessage` has resolved.
 */
export async function runProgram<T>(
  name: string,
  core: number,
  input: object,
  onMessage = async () => {},
): Promise<T> {
  const child = start(core, [join(import.meta.dirname, 'programs', `${name}.ts`), JSON.stringify(input)], {});
  child.on('message', () => void onMessage().then(() => child.send('continue')));
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} exited with ${code}`);
  return JSON.parse(text);
}

export interface Server {
  readonly pid: number;
  readonly url: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a server process; resolves when it has logged its address. */
export async function startServer(
  core: number,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Server> {
  const child = start(core, args, env);
  if (!child.stdout || child.pid === undefined) throw new Error('the process did not start');
  const exited = once(child, 'exit');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  exited.then(() => reject(new Error(`${args.at(-1)} exited before it listened`)));
  // Reads the whole log, as a log collector does.
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = /listening at (http:[^"]*)/.exec(line)?.[1];
    if (url) resolve(url);
  });
  const url = await promise;
  return {
    pid: child.pid,
    url,
    child,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** A bare Fastify server with one route, which returns a string of this length. */
export function startStatic(core: number, path: string, length: number): Promise<Server> {
  const input = JSON.stringify({ path, text: 'x'.repeat(length) });
  return startServer(core, [join(import.meta.dirname, 'programs/static.ts'), input], {});
}

/** A bare server of streams; see programs/broadcast.ts. */
export const startBroadcast = (core: number): Promise<Server> =>
  startServer(core, [join(import.meta.dirname, 'programs/broadcast.ts')], {});

function start(core: number, args: readonly string[], env: Record<string, string>): ChildProcess {
  const [command = '', ...rest] = pinned(core, [process.execPath, ...args]);
  const child = spawn(command, rest, {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      // Reuses the code that an earlier start compiled, or stripped of types.
      NODE_COMPILE_CACHE: join(tmpdir(), 'devmachine-bench-compiled'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
