import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { claimStateDir } from './state.ts';

/** Shared by the commands that run in the foreground: arguments, Ctrl-C and the state directory. */
export const REPOSITORY = fileURLToPath(new URL('../', import.meta.url));
/** DEVMACHINE_STATE_DIR allows a second cluster to run at the same time. */
export const STATE_DIR = stateDir('.devmachine');
/** The nodes of a cluster stay in its data, so a cluster with a real node has a folder of its own. */
export const REAL_NODE_STATE_DIR = stateDir('.devmachine-real-node');

/** Reads switches: `names` and `--help`. Returns undefined after it has handled `--help` or an unknown argument. */
export function readArguments<Name extends string>(
  usage: string,
  names: readonly Name[],
  args = process.argv.slice(2),
): Readonly<Record<Name, boolean>> | undefined {
  try {
    const options = Object.fromEntries(
      names.map((name) => [name, { type: 'boolean', default: false } as const]),
    );
    const { values } = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } });
    if (!values['help']) return values as Record<Name, boolean>;
    console.log(usage);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** One Ctrl-C can arrive twice: from the terminal, and from npm, which forwards it. */
const SAME_PRESS_MS = 500;

/** Aborts at the first Ctrl-C (or SIGTERM, SIGHUP). A second one exits immediately. */
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

/** Ends the processes that a killed run left behind, which may occupy ports. Throws if a run is active. */
export async function endLeftovers(stateDir: string, log: (line: string) => void): Promise<void> {
  const claim = await claimStateDir(stateDir, log);
  claim.release();
}

/** Deletes the state, after ending the processes that a killed run left behind. Throws if a run is active. */
export async function resetState(stateDir: string, log: (line: string) => void): Promise<void> {
  const claim = await claimStateDir(stateDir, log);
  await rm(stateDir, { recursive: true, force: true });
  claim.release();
  log(`Deleted ${stateDir}`);
}

/** Runs a command. Prints the message of an error, unless the user interrupted the command. */
export function run(main: (interrupt: AbortController) => Promise<void>): void {
  const interrupt = onInterrupt();
  main(interrupt).then(
    // All children have ended, so nothing may keep the process running.
    () => process.exit(),
    (error: unknown) => {
      if (interrupt.signal.aborted) console.log('Stopped.');
      else console.error(messageOf(error));
      // A component that ended unexpectedly aborts as well, and sets the exit code.
      process.exit(process.exitCode ?? (interrupt.signal.aborted ? 130 : 1));
    },
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stateDir(name: string): string {
  return resolve(process.env['DEVMACHINE_STATE_DIR'] || join(REPOSITORY, name));
}
