import { DevMachineError } from '../../../devmachine/errors.ts';
import type { Machines, StatusUpdate } from '../../../devmachine/machines.ts';
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

interface Wait {
  onUpdate(update: StatusUpdate): void;
  /** Ends the wait with the current status. */
  end(): void;
}

/** The requests that wait until a machine has reached a phase. They share one subscription. */
export class LongPolls {
  readonly #machines: Machines;
  readonly #limit: number;
  /** By machine: an update concerns few of them. */
  readonly #waits = new Map<string, Set<Wait>>();
  #count = 0;
  #unsubscribe: (() => void) | undefined;
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
    if (this.#closed || this.#count >= this.#limit) throw tooManyWaiting();
    const { promise, resolve, reject } = Promise.withResolvers<StatusDocument>();
    promise.catch(() => undefined);
    let latest: StatusDocument | undefined;
    let ended = false;
    const check = (document: StatusDocument) => {
      latest = document;
      const isFinal = document.phase === 'Failed' && phase !== 'Deleted';
      if (document.phase === phase || isFinal) resolve(document);
    };
    const wait: Wait = {
      onUpdate({ type, document }) {
        if (type === 'deleted') reject(machineDeleted(key));
        else check(document);
      },
      end() {
        ended = true;
        if (latest) resolve(latest);
      },
    };
    const onAbort = () => reject(signal.reason);
    const timer = setTimeout(wait.end, timeoutMs);
    signal.addEventListener('abort', onAbort);
    // Adding the wait before the first read ensures that no change in between is missed.
    this.#add(key, wait);
    try {
      const document = await this.#machines.status(key, signal);
      if (!latest) check(document);
      if (ended) wait.end();
      return await promise;
    } finally {
      this.#remove(key, wait);
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends every wait with the current status, and refuses new ones. */
  close(): void {
    this.#closed = true;
    for (const waits of [...this.#waits.values()]) for (const wait of [...waits]) wait.end();
  }

  #add(key: MachineKey, wait: Wait): void {
    const waits = this.#waits.get(idOf(key));
    if (waits) waits.add(wait);
    else this.#waits.set(idOf(key), new Set([wait]));
    this.#count++;
    this.#unsubscribe ??= this.#machines.subscribe((update) => {
      for (const one of [...(this.#waits.get(idOf(update.document)) ?? [])]) one.onUpdate(update);
    });
  }

  #remove(key: MachineKey, wait: Wait): void {
    const waits = this.#waits.get(idOf(key));
    waits?.delete(wait);
    if (waits?.size === 0) this.#waits.delete(idOf(key));
    if (--this.#count > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}

const idOf = ({ namespace, name }: MachineKey): string => `${namespace}/${name}`;

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
