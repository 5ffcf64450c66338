import { join } from 'node:path';
import { followCommand } from '../follow-command.ts';
import type { ProgressOutput } from '../progress.ts';

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly output: ProgressOutput;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Its mounts are seen by nobody else. They vanish with its first process, which ends with `unshare`, which ends with this
 * process: even SIGKILL leaves neither a process nor a mount.
 */
const NAMESPACES = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Runs build.ts in mount and process namespaces of its own. Its lines go to `output`; its errors are thrown. */
export async function buildInNamespaces(
  args: readonly string[],
  { env, output, signal }: BuildOptions,
): Promise<void> {
  const program = [process.execPath, join(import.meta.dirname, 'build.ts')];
  const errors: string[] = [];
  const code = await followCommand(
    'unshare',
    [...NAMESPACES, ...program, ...args],
    { env, signal, killSignal: 'SIGKILL' },
    { onStdout: (line) => output.write(`${line}\n`), onStderr: (line) => errors.push(line) },
  );
  if (code !== 0) throw new Error(`The images cannot be built${reason()}:\n${errors.join('\n')}`);
}

/** Overlays, chroots and device nodes need root. */
const reason = (): string => (process.getuid?.() === 0 ? '' : ' (only root can build images)');
