import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * The measured process (the backend, or its ceiling) has one core; the load and the cluster share the other. So they do not
 * compete for CPU time, and every result is that of one core.
 */
export const SERVER = 1;
export const LOAD = 0;

/** False without taskset or a second core: all processes then share the cores, and the report states that. */
export const PINNED =
  availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

export const pinned = (core: number, command: readonly string[]): string[] =>
  PINNED ? ['taskset', '-c', String(core), ...command] : [...command];

/** Moves a running process, with all its threads. */
export function movePid(core: number, pid: number): void {
  if (PINNED) spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
}
