import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { identityOf } from '../../../dev/identity.ts';
import { until } from '../../support/until.ts';

export const DEV = new URL('../../../dev/', import.meta.url);

const endings = new WeakMap<TestContext, (() => unknown)[]>();

/** Like `t.after`, but in reverse order: processes end before the folder that they run in is removed. */
export function atEnd(t: TestContext, end: () => unknown): void {
  const known = endings.get(t);
  if (known !== undefined) {
    known.push(end);
    return;
  }
  const list = [end];
  endings.set(t, list);
  t.after(async () => {
    for (const each of list.toReversed()) await each();
  });
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'devmachine-dev-test-'));
  atEnd(t, () => rm(dir, { recursive: true, force: true }));
  return dir;
}

export function isAlive(pid: number): boolean {
  return identityOf(pid) !== undefined;
}

/** Waits until a script has written a line of process ids to the file, and resolves to them. */
export async function pidsIn(file: string): Promise<number[]> {
  await until('the process ids', () => existsSync(file) && readFileSync(file, 'utf8').includes('\n'));
  return readFileSync(file, 'utf8').trim().split(' ').map(Number);
}

/** Starts a process that does nothing, in its own process group. It is ended with the test. */
export async function startIdle(t: TestContext): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  });
  atEnd(t, () => child.kill('SIGKILL'));
  await new Promise((resolve) => child.once('spawn', resolve));
  return child.pid ?? 0;
}

export interface Script {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The exit code, or the signal that ended the process. */
  readonly ended: Promise<number | string | null>;
  /** Waits until the output matches `pattern` and resolves to the match. Rejects if the process ends first. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** The first start builds the programs of the development cluster. */
const STARTUP_TIMEOUT_MS = 280_000;

/** Runs node with these arguments. The process is ended with the test. */
export function runNode(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Script {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  atEnd(t, async () => {
    // SIGTERM first: a killed process leaves its children behind.
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(timer);
  });
  const says = async (pattern: RegExp) => {
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    await until(`output that matches ${pattern}`, () => pattern.test(output) || hasEnded(), {
      timeoutMs: STARTUP_TIMEOUT_MS,
    }).catch((error: Error) => {
      throw new Error(`${error.message}. The output is:\n${output}`);
    });
    const found = pattern.exec(output);
    if (found === null) throw new Error(`The process ended before its output matched ${pattern}:\n${output}`);
    return found;
  };
  return { child, output: () => output, ended, says };
}

/** Runs the text of a module, which may import from `dev/…`, as a process. */
export function runModule(t: TestContext, text: string): Script {
  const source = text.replaceAll("'dev/", `'${DEV.href}`);
  return runNode(t, ['--input-type=module', '-e', source]);
}
