/**
 * What runs in the container, with nothing but a POSIX shell: dash, bash or busybox. Everything of the user is an argument,
 * and never part of a script.
 */

/**
 * Prints `ID:PID;`, and becomes the command in "$@" after the id, or a login shell. The command inherits the id in a
 * variable, which identifies it when it is hung up.
 */
const START = `
DEVMACHINE_TERMINAL=$1
export DEVMACHINE_TERMINAL
shift
printf '%s:%s;' "$DEVMACHINE_TERMINAL" $$
cd "\${HOME:-/}" >/dev/null 2>&1
[ $# -eq 0 ] || exec "$@"
for shell in "\${SHELL:-}" bash sh; do
  command -v "$shell" >/dev/null 2>&1 && exec "$shell" -l
done
exit 127
`;

/**
 * Hangs up the processes in "$@" (`ID:PID`), as the end of a terminal does, and kills those that are left two seconds later.
 * `ID:` means all processes with the id in their environment. A process whose pid was reused has another environment.
 *
 * The kernel hangs up what else runs in the foreground of the terminal when the shell ends. What the user has detached from
 * the terminal (nohup, tmux) goes on.
 */
const HANG_UP = `
is_ours() {
  for file in "/proc/$1/environ" "/proc/$1/cmdline"; do
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in *"$2"*) return 0 ;; esac
    done < "$file"
  done 2>/dev/null
  return 1
}
send() {
  signal=$1
  shift
  for process; do
    pids=\${process#*:}
    [ -n "$pids" ] || pids=$(cd /proc && echo [0-9]*)
    for pid in $pids; do
      [ "$pid" = $$ ] || ! is_ours "$pid" "\${process%%:*}" || kill "-$signal" "$pid" 2>/dev/null
    done
  done
}
send HUP "$@"
sleep 2
send KILL "$@"
exit 0
`;

/** A command that was started. `pid` is undefined if it did not become known. */
export interface StartedProcess {
  readonly id: string;
  readonly pid: string | undefined;
}

export const startCommand = (id: string, command: readonly string[]): string[] => [
  'sh',
  '-c',
  START,
  'sh',
  id,
  ...command,
];

export const hangUpCommand = (processes: readonly StartedProcess[]): string[] => [
  'sh',
  '-c',
  HANG_UP,
  'sh',
  ...processes.map(({ id, pid = '' }) => `${id}:${pid}`),
];

/** Finds what START prints. */
export function findMarker(
  output: Buffer,
  id: string,
): { readonly pid: string; readonly rest: Buffer } | undefined {
  const [marker, pid] = new RegExp(`${id}:(\\d+);`).exec(output.toString('latin1')) ?? [];
  if (marker === undefined || pid === undefined) return undefined;
  const start = output.indexOf(marker);
  return { pid, rest: Buffer.concat([output.subarray(0, start), output.subarray(start + marker.length)]) };
}
