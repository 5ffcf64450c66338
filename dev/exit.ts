import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';

/**
 * Each child runs in its own process group, so that Ctrl-C in a terminal reaches only this process, which then stops the
 * children in order. In return, this process must end the groups, however it ends itself.
 */
const groups = new Set<number>();
let installed = false;

const runId = randomUUID();
/** Every child gets this variable, so that it can be found if this process is killed while it starts the child. */
export const RUN_MARK = { DEVMACHINE_RUN: runId };

export interface GroupLeader {
  readonly child: ChildProcess;
  readonly killGroup: (signal: NodeJS.Signals) => void;
}

/** Starts a program in a process group of its own, which ends with the program, and with this process. */
export function spawnGroup(command: string, args: readonly string[], options: SpawnOptions): GroupLeader {
  const env = { ...(options.env ?? process.env), ...RUN_MARK };
  const child = spawn(command, args, { ...options, env, detached: true });
  const { pid } = child;
  if (pid === undefined) return { child, killGroup: () => {} };
  install();
  groups.add(pid);
  tellGuardian(`+ ${pid}`);
  child.once('exit', () => {
    // A child can leave processes behind in its group, as `node --watch` leaves its program.
    killGroup(pid, 'SIGKILL');
    groups.delete(pid);
    tellGuardian(`- ${pid}`);
  });
  return {
    child,
    killGroup: (signal) => {
      if (groups.has(pid)) killGroup(pid, signal);
    },
  };
}

/**
 * Remembers the groups that it reads of. Its input ends with its parent, and then it kills them, and on Linux any process with
 * the mark ($1) that it has not heard of.
 */
const GUARDIAN = `
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) groups="\${groups%%" $group "*} \${groups#*" $group "}" ;;
  esac
done
for group in $groups; do kill -KILL "-$group"; done
for round in 1 2 3; do
  for file in $(grep -als "$1" /proc/[0-9]*/environ); do
    file=\${file%/environ}
    kill -KILL "\${file#/proc/}"
  done
  sleep 0.2
done`;

let guardian: ChildProcess | undefined;

/** Nothing runs in a process that is killed with SIGKILL, so another process has to end the groups then. */
function tellGuardian(change: string): void {
  if (guardian === undefined) {
    const stdio: SpawnOptions['stdio'] = ['pipe', 'ignore', 'ignore'];
    guardian = spawn('/bin/sh', ['-c', GUARDIAN, 'sh', runId], { stdio, detached: true });
    guardian.unref();
    // It does not keep this process running, and if it was killed, this process still ends the groups itself.
    (guardian.stdin as Socket | null)?.unref();
    guardian.stdin?.on('error', () => {});
    guardian.on('error', () => {});
  }
  guardian.stdin?.write(`${change}\n`);
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is empty.
  }
}

function killAll(): void {
  for (const pid of groups) killGroup(pid, 'SIGKILL');
}

function install(): void {
  if (installed) return;
  installed = true;
  process.on('exit', killAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const onSignal = () => {
      // Another listener stops the children in order and then exits, which ends the remaining groups.
      if (process.listenerCount(signal) > 1) return;
      killAll();
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    // First in the list: a `once` listener that has already run is not counted.
    process.prependListener(signal, onSignal);
  }
}
