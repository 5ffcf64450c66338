import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { claimStateDir } from './state.ts';

/** What the commands that stay in the foreground have in common: arguments, Ctrl-C, the state they keep. */
export const REPOSITORY = fileURLToPath(new URL('../', import.meta.url));
/** Another folder lets a second cluster run beside the first. */
export const STATE_DIR = resolve(process.env['DEVMACHINE_STATE_DIR'] || `${REPOSITORY}.devmachine`);

export interface Arguments {
  readonly reset: boolean;
}

/** Answers `--help`, and arguments it does not know, by itself: then there is nothing left to do. */
export function readArguments(usage: string, args = process.argv.slice(2)): Arguments | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { reset: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
    });
    if (!values.help) return { reset: values.reset };
    console.log(usage);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** A key press can arrive twice: from the terminal, and once more from npm, which passes it on. */
const SAME_PRESS_MS = 500;

/** Aborts at the first Ctrl-C (or SIGTERM, SIGHUP). A second one ends everything at once. */
export function onInterrupt(): AbortController {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      first ??= performance.now();
      if (!controller.signal.aborted) controller.abort(new Error('interrupted'));
      else if (performance.now() - first > SAME_PRESS_MS) process.exit(130);
    });
  }
  return controller;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ends what a killed run left behind, before anything else looks at ports; refused while one runs. */
export async function endLeftovers(stateDir: string, log: (line: string) => void): Promise<void> {
  const claim = await claimStateDir(stateDir, log);
  claim.release();
}

/** Forgets everything, after it has ended what a killed run left behind; refused while one runs. */
export async function resetState(stateDir: string, log: (line: string) => void): Promise<void> {
  const claim = await claimStateDir(stateDir, log);
  await rm(stateDir, { recursive: true, force: true });
  claim.release();
  log(`Forgot ${stateDir}`);
}

/** Runs a command; what it throws becomes one message, unless it was the user who interrupted it. */
export function run(main: (interrupt: AbortController) => Promise<void>): void {
  const interrupt = onInterrupt();
  main(interrupt).then(
    // Nothing may hold the process up once all is stopped: what was started by then has ended.
    () => process.exit(),
    (error: unknown) => {
      if (interrupt.signal.aborted) console.log('Stopped.');
      else console.error(messageOf(error));
      // A component that ended by itself has interrupted too, and said so in the exit code.
      process.exit(process.exitCode ?? (interrupt.signal.aborted ? 130 : 1));
    },
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
