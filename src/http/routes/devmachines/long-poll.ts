import { DevMachineError } from '../../../devmachine/errors.ts';
import type { Machines } from '../../../devmachine/machines.ts';
import type { MachineKey } from '../../../devmachine/schema/manifest.ts';
import type { Phase } from '../../../devmachine/status/phases.ts';
import type { StatusDocument } from '../../../devmachine/status/status-document.ts';

export interface WaitRequest {
  readonly key: MachineKey;
  /** `Deleted` waits until the machine is gone. */
  readonly phase: Phase | 'Deleted';
  readonly timeoutMs: number;
  /** Aborted when the client disconnects; its reason rejects the wait. */
  readonly signal: AbortSignal;
}

/** The requests that wait until a machine has reached a phase. */
export class LongPolls {
  readonly #machines: Machines;
  readonly #limit: number;
  /** One function per waiting request, which ends the wait with the current status. */
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(machines: Machines, limit: number) {
    this.#machines = machines;
    this.#limit = limit;
  }

  /**
   * Resolves with the first status in the phase, or in Failed, from which no other phase follows by itself; after
   * `timeoutMs`, with the current status. Rejects with machine-not-found if the machine is deleted, and with
   * too-many-readers beyond the limit.
   */
  async wait({ key, phase, timeoutMs, signal }: WaitRequest): Promise<StatusDocument> {
    if (this.#closed || this.#waiting.size >= this.#limit) throw tooManyWaiting();
    const { promise, resolve, reject } = Promise.withResolvers<StatusDocument>();
    promise.catch(() => undefined);
    let latest: StatusDocument | undefined;
    const check = (document: StatusDocument) => {
      latest = document;
      const isFinal = document.phase === 'Failed' && phase !== 'Deleted';
      if (document.phase === phase || isFinal) resolve(document);
    };
    // Subscribing before the first read ensures that no change in between is missed.
    const unsubscribe = this.#machines.subscribe(({ type, document }) => {
      if (document.name !== key.name || document.namespace !== key.namespace) return;
      if (type === 'deleted') reject(machineDeleted(key));
      else check(document);
    });
    let ended = false;
    const endWait = () => {
      ended = true;
      if (latest) resolve(latest);
    };
    const onAbort = () => reject(signal.reason);
    const timer = setTimeout(endWait, timeoutMs);
    signal.addEventListener('abort', onAbort);
    this.#waiting.add(endWait);
    try {
      const document = await this.#machines.status(key, signal);
      if (!latest) check(document);
      if (ended) endWait();
      return await promise;
    } finally {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      this.#waiting.delete(endWait);
    }
  }

  /** Ends every wait with the current status, and refuses new ones. */
  close(): void {
    this.#closed = true;
    for (const endWait of this.#waiting) endWait();
  }
}

const machineDeleted = ({ namespace, name }: MachineKey): DevMachineError =>
  new DevMachineError('machine-not-found', `The machine ${name} in the namespace ${namespace} was deleted.`);

const tooManyWaiting = (): DevMachineError =>
  new DevMachineError(
    'too-many-readers',
    'Too many requests are waiting for a phase. Retry later, or poll.',
    {
      retryAfterSeconds: 10,
    },
  );
