import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithParent } from '../exit.ts';
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
const NAMESPACES = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'],
] as const;

/** Runs build.ts in mount and process namespaces of its own. Its lines go to `output`; its errors are thrown. */
export async function buildInNamespaces(
  args: readonly string[],
  { env, output, signal }: BuildOptions,
): Promise<void> {
  signal?.throwIfAborted();
  const [command, ...rest] = [
    ...NAMESPACES,
    process.execPath,
    join(import.meta.dirname, 'build.ts'),
    ...args,
  ];
  const child = spawn(command ?? '', rest, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ending = endWithParent(child);
  const stop = () => ending.killGroup('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => output.write(`${line}\n`));
  createInterface(child.stderr).on('line', (line) => errors.push(line));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`The images cannot be built${reason()}:\n${errors.join('\n')}`);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Overlays, chroots and device nodes need root. */
const reason = (): string => (process.getuid?.() === 0 ? '' : ' (only root can build images)');
