import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProcess, startProcess, waitUntilReady } from './process.ts';
import type { Claim } from './state.ts';

/** A program of the control plane that can be stopped, killed and started again as it was, on the same port. */
export interface Component {
  readonly name: string;
  readonly logFile: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Sends one signal; resolves when it is sent, or with SIGKILL when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when it is ready; at once if it runs already. */
  start(): Promise<void>;
}

export interface ComponentSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly isReady: () => Promise<boolean>;
  readonly cwd?: string;
  /** All of its environment; without one it has ours. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface ComponentContext {
  readonly stateDir: string;
  readonly claim: Claim;
  readonly log: (line: string) => void;
  /** Called when a component ends that nobody asked to. */
  readonly onExit: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export async function startComponent(spec: ComponentSpec, context: ComponentContext): Promise<Component> {
  const { claim, log } = context;
  const logFile = join(context.stateDir, `${spec.name}.log`);
  if (existsSync(logFile)) truncateSync(logFile);
  let running: RunningProcess | undefined;
  let expected = false;

  const watchExit = async (process: RunningProcess) => {
    const how = await process.exited;
    claim.remove(process.pid);
    if (running === process) running = undefined;
    if (!expected) context.onExit(`${spec.name} ended by itself (${how}); its log is ${logFile}`);
  };
  const stop = async () => {
    expected = true;
    await running?.stop();
  };
  const start = async (signal?: AbortSignal) => {
    if (running !== undefined) {
      if (!expected) return;
      await running.exited;
    }
    const began = performance.now();
    const { isReady, ...program } = spec;
    const process = await startProcess({ ...program, logFile });
    claim.add(spec.name, process.pid);
    running = process;
    // Until it is ready its end is this function's to report.
    expected = true;
    void watchExit(process);
    try {
      await waitUntilReady(process, isReady, { logFile, signal });
    } catch (error) {
      await process.stop(1_000);
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
      if (target === undefined) throw new Error(`${spec.name} does not run`);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') expected = true;
      target.kill(signal);
      if (signal === 'SIGKILL') await target.exited;
    },
    stop,
    start: () => start(),
  };
}
