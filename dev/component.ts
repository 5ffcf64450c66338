import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { type RunningProcess, startProcess, waitUntilReady } from './process.ts';
import type { Claim } from './state.ts';

/** A program of the development cluster. It can be stopped, killed and restarted on the same port. */
export interface Component {
  readonly name: string;
  readonly logFile: string;
  /** Undefined while the program is not running. */
  readonly pid: number | undefined;
  /** Sends a signal. Resolves when the signal is sent, or for SIGKILL when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the program is ready, immediately if it is running already. */
  start(): Promise<void>;
}

export interface ComponentSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly isReady: () => Promise<boolean>;
  readonly cwd?: string;
  /** The complete environment. Defaults to the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** How long the program may take to end after SIGTERM, in ms. */
  readonly graceMs?: number;
  /** How long the program may take to be ready, in ms. */
  readonly readyMs?: number;
  /** Runs before each start of the program. */
  readonly prepare?: () => Promise<void>;
  /** Runs each time that the program has ended. */
  readonly cleanUp?: () => Promise<void>;
}

/** Whether the program answers `url` with 200, for `isReady`. */
export const answersAt = (url: string) => async (): Promise<boolean> => {
  const { statusCode, body } = await request(url, { reset: true });
  await body.dump();
  return statusCode === 200;
};

export interface ComponentContext {
  readonly stateDir: string;
  readonly claim: Claim;
  readonly log: (line: string) => void;
  /** Called when a component ends unexpectedly. */
  readonly onExit: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export async function startComponent(spec: ComponentSpec, context: ComponentContext): Promise<Component> {
  const { claim, log } = context;
  const logFile = join(context.stateDir, `${spec.name}.log`);
  if (existsSync(logFile)) truncateSync(logFile);
  let running: RunningProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let expected = false;

  const watchExit = async (process: RunningProcess) => {
    const how = await process.exited;
    claim.remove(process.pid);
    if (running === process) running = undefined;
    await spec.cleanUp?.().catch((error: Error) => log(`${spec.name}: ${error.message}`));
    if (!expected) context.onExit(`${spec.name} ended unexpectedly (${how}). Its log is ${logFile}`);
  };
  const stop = async () => {
    expected = true;
    await running?.stop(spec.graceMs);
    await ended;
  };
  const start = async (signal?: AbortSignal) => {
    if (running !== undefined) {
      if (!expected) return;
      await running.exited;
    }
    await ended;
    const began = performance.now();
    await spec.prepare?.();
    const { isReady, ...program } = spec;
    const process = await startProcess({ ...program, logFile });
    claim.add(spec.name, process.pid);
    running = process;
    // Until the program is ready, waitUntilReady reports its end.
    expected = true;
    ended = watchExit(process);
    try {
      await waitUntilReady(process, isReady, { logFile, signal, timeoutMs: spec.readyMs });
    } catch (error) {
      await process.stop(1_000);
      await ended;
      throw error;
    }
    expected = false;
    log(`${spec.name} is ready (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  };

  await start(context.signal);
  return {
    name: spec.name,
    logFile,
    get pid() {
      return running?.pid;
    },
    kill: async (signal) => {
      const target = running;
      if (target === undefined) throw new Error(`${spec.name} is not running`);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') expected = true;
      target.kill(signal);
      if (signal === 'SIGKILL') await target.exited;
    },
    stop,
    start: () => start(),
  };
}
