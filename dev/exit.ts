import type { ChildProcess } from 'node:child_process';

/**
 * Each child runs in its own process group, so that Ctrl-C in a terminal reaches only this process, which then stops the
 * children in order. In return, this process must end the groups, however it ends itself.
 */
const groups = new Set<number>();
let installed = false;

export interface Ending {
  readonly killGroup: (signal: NodeJS.Signals) => void;
}

/** Ends `child` and its group with this process. It must have been spawned with `detached: true`. */
export function endWithParent(child: ChildProcess): Ending {
  const { pid } = child;
  if (pid === undefined) return { killGroup: () => {} };
  install();
  groups.add(pid);
  child.once('exit', () => {
    // A child can leave processes behind in its group, as `node --watch` leaves its program.
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
