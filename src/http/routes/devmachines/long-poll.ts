import { DevMachineError } from '../../../devmachine/errors.ts';
import type { Machines } from '../../../devmachine/machines.ts';
import type { MachineKey } from '../../../devmachine/schema/manifest.ts';
import type { Phase } from '../../../devmachine/status/phases.ts';
import type { StatusDocument } from '../../../devmachine/status/status-document.ts';

export interface Wish {
  readonly key: MachineKey;
  /** What is waited for. Deleted: that the machine is gone. */
  readonly phase: Phase | 'Deleted';
  readonly timeoutMs: number;
  /** The client's: it is aborted when nobody waits any longer. */
  readonly signal: AbortSignal;
}

/** Calls that wait until a machine has reached a phase. */
export class LongPolls {
  readonly #machines: Machines;
  readonly #most: number;
  readonly #giveUps = new Set<() => void>();
  #closed = false;

  constructor(machines: Machines, most: number) {
    this.#machines = machines;
    this.#most = most;
  }

  get size(): number {
    return this.#giveUps.size;
  }

  /** The first status in the phase, or Failed, which ends in no other; at the timeout, the status as it is. */
  async for({ key, phase, timeoutMs, signal }: Wish): Promise<StatusDocument> {
    if (this.#closed || this.#giveUps.size >= this.#most) throw tooMany();
    const { promise, resolve, reject } = Promise.withResolvers<StatusDocument>();
    promise.catch(() => undefined);
    let latest: StatusDocument | undefined;
    const look = (document: StatusDocument) => {
      latest = document;
      const now = document.phase;
      if (now === phase || (now === 'Failed' && phase !== 'Deleted')) resolve(document);
    };
    // Listening begins before the first look: nothing that happens in between is missed.
    const unsubscribe = this.#machines.subscribe(({ type, document }) => {
      if (document.name !== key.name || document.namespace !== key.namespace) return;
      if (type === 'deleted') reject(gone(key));
      else look(document);
    });
    let over = false;
    const giveUp = () => {
      over = true;
      if (latest) resolve(latest);
    };
    const goneAway = () => reject(signal.reason);
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', goneAway);
    this.#giveUps.add(giveUp);
    try {
      const document = await this.#machines.status(key, signal);
      if (!latest) look(document);
      if (over) giveUp();
      return await promise;
    } finally {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', goneAway);
      this.#giveUps.delete(giveUp);
    }
  }

  /** Answers all with what there is. */
  close(): void {
    this.#closed = true;
    for (const giveUp of this.#giveUps) giveUp();
  }
}

const gone = ({ namespace, name }: MachineKey): DevMachineError =>
  new DevMachineError('machine-not-found', `The machine ${name} in the namespace ${namespace} was deleted.`);

const tooMany = (): DevMachineError =>
  new DevMachineError(
    'too-many-readers',
    'Too many calls are waiting for a phase. Try again later, or poll.',
    {
      retryAfterSeconds: 10,
    },
  );
