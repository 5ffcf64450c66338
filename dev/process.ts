import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GroupLeader, spawnGroup } from './exit.ts';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The file for its output. By default, the output is piped to `child.stdout` and `child.stderr`. */
  readonly logFile?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when the process has ended, to "exit code 1" or "signal SIGKILL" for example. Never rejects. */
  readonly exited: Promise<string>;
  readonly hasExited: () => boolean;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Sends SIGTERM, and SIGKILL after `graceMs`. */
  readonly stop: (graceMs?: number) => Promise<void>;
}

const GRACE_MS = 10_000;
const LAST_LINES = 15;

export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const { child, killGroup } = spawnWithLog(spec);
  let how: string | undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve(how);
    });
  });
  const pid = await spawned(child, spec);
  const running: RunningProcess = {
    name: spec.name,
    pid,
    child,
    exited,
    hasExited: () => how !== undefined,
    kill: (signal) => {
      if (how === undefined) child.kill(signal);
    },
    stop: async (graceMs = GRACE_MS) => {
      running.kill('SIGTERM');
      // A process that a test paused with SIGSTOP would not handle SIGTERM.
      running.kill('SIGCONT');
      const timer = setTimeout(() => killGroup('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
  return running;
}

function spawnWithLog({ command, args, cwd, env, logFile }: ProcessSpec): GroupLeader {
  const log = logFile === undefined ? undefined : openSync(logFile, 'a', 0o600);
  try {
    return spawnGroup(command, args, {
      cwd,
      env,
      stdio: log === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', log, log],
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function spawned(child: ChildProcess, spec: ProcessSpec): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0));
    child.once('error', (cause) =>
      reject(new Error(`${spec.name} cannot be started: ${cause.message}`, { cause })),
    );
  });
}

export interface ReadyOptions {
  /** Defaults to a minute. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The error contains the last lines of this file. */
  readonly logFile?: string;
}

/** Waits until `probe` resolves to true. Rejects with the end of the log as soon as the process ends. */
export async function waitUntilReady(
  running: RunningProcess,
  probe: () => Promise<boolean>,
  { timeoutMs = 60_000, signal, logFile }: ReadyOptions = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const how = await Promise.race([running.exited, probe().catch(() => false)]);
    if (how === true) return;
    if (typeof how === 'string') throw new Error(withLogTail(`${running.name} ended (${how})`, logFile));
    if (Date.now() > deadline) {
      throw new Error(withLogTail(`${running.name} is not ready after ${timeoutMs / 1000} s`, logFile));
    }
    await sleep(25);
  }
}

function withLogTail(message: string, logFile: string | undefined): string {
  if (logFile === undefined) return message;
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
  return [`${message}. Its log, ${logFile}, ends with:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
