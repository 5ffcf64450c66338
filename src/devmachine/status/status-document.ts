import { hash } from 'node:crypto';
import type { Machine } from '../machine.ts';
import type { Dependents } from './dependents.ts';
import type { Phase } from './phases.ts';
import { toStatus } from './status.ts';

/** A status as it is answered: made and serialised once per change, not per request. */
export interface StatusDocument {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly phase: Phase;
  readonly template: string | undefined;
  /** The whole document. */
  readonly json: string;
  /** `<uid>.<generation>.<digest>`: uid and generation identify the spec, the digest this document. */
  readonly version: string;
}

/** Beside the document it keeps of the machine only the name, by which it is found. */
export class MachineDocument implements StatusDocument {
  readonly namespace: string;
  readonly name: string;
  readonly json: string;
  readonly version: string;
  readonly phase: Phase;
  readonly machine: Machine;

  constructor(machine: Machine, dependents: Dependents) {
    const status = toStatus(machine, dependents);
    this.namespace = machine.namespace;
    this.name = machine.name;
    this.json = JSON.stringify(status);
    const digest = hash('sha256', this.json, 'buffer').toString('base64url', 0, 12);
    this.phase = status.phase;
    this.machine = machine;
    this.version = inOnePiece(`${machine.uid}.${machine.generation}.${digest}`);
  }

  get uid(): string {
    return this.machine.uid;
  }

  get template(): string | undefined {
    return this.machine.spec.template;
  }
}

/** The same text; what is put together keeps its pieces, and is put together at every use. */
const inOnePiece = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
