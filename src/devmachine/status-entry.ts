import { hash } from 'node:crypto';
import type { Machine } from './machine.ts';
import type { MachineParts } from './parts.ts';
import type { Phase } from './phases.ts';
import { toStatus } from './status.ts';

/** A status as it is answered: made and serialised once per change, not per request. */
export interface StatusEntry {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly phase: Phase;
  readonly template: string | undefined;
  /** The whole document. */
  readonly json: string;
  /** `"<uid>.<generation>.<digest>"`: uid and generation say which spec it is, the digest which status. */
  readonly etag: string;
}

/** Beside the document it keeps nothing that the machine has, too. */
export class MachineEntry implements StatusEntry {
  readonly machine: Machine;
  readonly phase: Phase;
  readonly json: string;
  readonly #digest: string;

  constructor(machine: Machine, parts: MachineParts) {
    const status = toStatus(machine, parts);
    this.machine = machine;
    this.phase = status.phase;
    this.json = JSON.stringify(status);
    // Cut before it becomes text: a part of a string keeps the whole of it.
    this.#digest = hash('sha256', this.json, 'buffer').toString('base64url', 0, 12);
  }

  get namespace(): string {
    return this.machine.namespace;
  }

  get name(): string {
    return this.machine.name;
  }

  get uid(): string {
    return this.machine.uid;
  }

  get template(): string | undefined {
    return this.machine.spec.template;
  }

  get etag(): string {
    return `"${this.uid}.${this.machine.generation}.${this.#digest}"`;
  }
}
