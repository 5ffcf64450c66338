import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endWithParent, RUN_MARK } from './exit.ts';

export interface GoOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

interface LineHandlers {
  readonly onStdout: (line: string) => void;
  readonly onStderr: (line: string) => void;
}

/** Runs `go` in the folder `dir`. Rejects with the end of its output if it fails. */
export async function runGo(
  args: readonly string[],
  dir: string,
  { env, signal }: GoOptions,
  lines: LineHandlers,
): Promise<void> {
  signal?.throwIfAborted();
  // GOOS and GOARCH, set for cross-compilation, would produce programs that do not run on this machine.
  const { GOOS: _os, GOARCH: _arch, ...rest } = env;
  const child = spawn('go', args, {
    cwd: dir,
    env: { ...rest, CGO_ENABLED: '0', GOWORK: 'off', ...RUN_MARK },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ending = endWithParent(child);
  const stop = () => ending.killGroup('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  const errors: string[] = [];
  createInterface(child.stdout).on('line', lines.onStdout);
  createInterface(child.stderr).on('line', (line) => {
    errors.push(line);
    lines.onStderr(line);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`go ${args[0]} failed:\n${errors.slice(-15).join('\n')}`);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
