import { followCommand, type LineHandlers } from './follow-command.ts';

export interface GoOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `go` in the folder `dir`. Rejects with the end of its output if it fails. */
export async function runGo(
  args: readonly string[],
  dir: string,
  { env, signal }: GoOptions,
  { onStdout, onStderr }: LineHandlers,
): Promise<void> {
  // GOOS and GOARCH, set for cross-compilation, would produce programs that do not run on this machine.
  const { GOOS: _os, GOARCH: _arch, ...rest } = env;
  const options = { cwd: dir, env: { ...rest, CGO_ENABLED: '0', GOWORK: 'off' }, signal };
  const errors: string[] = [];
  const code = await followCommand(
    'go',
    args,
    { ...options, killSignal: 'SIGTERM' },
    {
      onStdout,
      onStderr: (line) => {
        errors.push(line);
        onStderr(line);
      },
    },
  );
  if (code !== 0) throw new Error(`go ${args[0]} failed:\n${errors.slice(-15).join('\n')}`);
}
