import type { SpawnOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { spawnGroup } from './exit.ts';

export interface FollowOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the program and its group with `killSignal`. */
  readonly signal?: AbortSignal | undefined;
  readonly killSignal: NodeJS.Signals;
}

export interface LineHandlers {
  readonly onStdout: (line: string) => void;
  readonly onStderr: (line: string) => void;
}

/** Runs a program and passes on its lines as they come. Resolves to its exit code. */
export async function followCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal, killSignal }: FollowOptions,
  { onStdout, onStderr }: LineHandlers,
): Promise<number | null> {
  signal?.throwIfAborted();
  const stdio: SpawnOptions['stdio'] = ['ignore', 'pipe', 'pipe'];
  const { child, killGroup } = spawnGroup(command, args, { cwd, env, stdio });
  const stop = () => killGroup(killSignal);
  signal?.addEventListener('abort', stop, { once: true });
  createInterface(child.stdout as Readable).on('line', onStdout);
  createInterface(child.stderr as Readable).on('line', onStderr);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal?.throwIfAborted();
    return code;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
