import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * What is measured (the backend, or its ceiling) has one core of its own; the load and the cluster have the other. So
 * neither takes time from the other, and all figures are those of one core.
 */
export const SERVER = 1;
export const LOAD = 0;

/** Without taskset, or a second core, everything shares what there is, and the results say so. */
export const PINNED =
  availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

export const pinned = (core: number, command: readonly string[]): string[] =>
  PINNED ? ['taskset', '-c', String(core), ...command] : [...command];

/** Moves a process that runs, with all its threads. */
export function movePid(core: number, pid: number): void {
  if (PINNED) spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
}
