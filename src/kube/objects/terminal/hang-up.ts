import { setTimeout as sleep } from 'node:timers/promises';
import { DevMachineError } from '../../../devmachine/errors.ts';
import type { Account } from '../../calls.ts';
import { type PodContainer, podPath } from '../containers.ts';
import { startExec } from './exec.ts';
import { hangUpCommand, type StartedProcess } from './scripts.ts';

/** How long hanging up may take: the processes have two seconds to end, and there are two more attempts. */
const HANG_UP_MS = 8_000;
const HANG_UP_ATTEMPTS = 3;
/** How long the first terminal that closes waits for others of its batch, in ms. */
const COLLECT_MS = 50;
const MAX_BATCH = 50;

interface Batch {
  readonly processes: StartedProcess[];
  readonly done: Promise<void>;
}

/**
 * Ends what terminals have started: the runtime leaves a command running when its connection ends
 * (https://github.com/kubernetes/kubernetes/issues/89031). It takes an exec, which costs a node a multiple of the shell, so
 * terminals of one account in one container that close at the same time share it: a browser that is closed, a proxy that
 * restarts, a shutdown.
 */
export class HangUps {
  readonly #batches = new Map<string, Batch>();

  /** Never rejects: a token that is no longer valid, or a cluster that is away, leaves nothing to do. */
  hangUp(account: Account, container: PodContainer, process: StartedProcess): Promise<void> {
    const key = `${account.id} ${podPath(container, 'exec')} ${container.name}`;
    let batch = this.#batches.get(key);
    if (!batch || batch.processes.length >= MAX_BATCH) {
      batch = this.#start(key, account, container);
      this.#batches.set(key, batch);
    }
    batch.processes.push(process);
    return batch.done;
  }

  #start(key: string, account: Account, container: PodContainer): Batch {
    const processes: StartedProcess[] = [];
    const done = sleep(COLLECT_MS).then(() => {
      if (this.#batches.get(key)?.processes === processes) this.#batches.delete(key);
      return hangUp(account, container, hangUpCommand(processes));
    });
    return { processes, done };
  }
}

async function hangUp(account: Account, container: PodContainer, command: string[]): Promise<void> {
  const signal = AbortSignal.timeout(HANG_UP_MS);
  for (let attempt = 1; attempt <= HANG_UP_ATTEMPTS && !signal.aborted; attempt++) {
    try {
      const exec = await startExec(account, container, { command, tty: false, signal });
      const abort = () => exec.close();
      signal.addEventListener('abort', abort, { once: true });
      for await (const _ of exec.output());
      signal.removeEventListener('abort', abort);
      if (exec.status) return;
    } catch (error) {
      if (error instanceof DevMachineError && FINAL.has(error.code)) return;
    }
    await sleep(500 * attempt);
  }
}

/** The caller may not do it any more, or there is no such pod. */
const FINAL: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'machine-not-ready']);
