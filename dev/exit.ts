import type { ChildProcess } from 'node:child_process';

/**
 * Children run in process groups of their own, so that Ctrl-C in a terminal reaches only this process and it
 * decides what stops when. The price is that nobody else ends them: whatever way this process ends, it has to.
 */
const groups = new Set<number>();
let installed = false;

export interface Ending {
  readonly killGroup: (signal: NodeJS.Signals) => void;
}

/** `child` must have been spawned with `detached: true`: its pid is its group's. */
export function endWithUs(child: ChildProcess): Ending {
  const { pid } = child;
  if (pid === undefined) return { killGroup: () => {} };
  install();
  groups.add(pid);
  child.once('exit', () => {
    // What a child leaves behind in its group (`node --watch` its program) goes with it.
    killGroup(pid, 'SIGKILL');
    groups.delete(pid);
  });
  return {
    killGroup: (signal) => {
      if (groups.has(pid)) killGroup(pid, signal);
    },
  };
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
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
      // Whoever else listens stops in good order and then exits, which ends what is left.
      if (process.listenerCount(signal) > 1) return;
      killAll();
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    // Before the others: a `once` of theirs is no longer counted after its turn.
    process.prependListener(signal, onSignal);
  }
}
