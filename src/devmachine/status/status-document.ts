import { hash } from 'node:crypto';
import type { Machine } from '../machine.ts';
import type { Dependents } from './dependents.ts';
import type { Phase } from './phases.ts';
import type { StatusSettings } from './settings.ts';
import { toStatus } from './status.ts';

/** A status in serialized form. It is serialized once per change, not per request. */
export interface StatusDocument {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly phase: Phase;
  readonly template: string | undefined;
  /** The MachineStatus as JSON. */
  readonly json: string;
  /** `<uid>.<generation>.<digest>`: uid and generation identify the spec, the digest this document. */
  readonly version: string;
}

/** Refers to its machine instead of copying from it, because the cache holds one document per machine. */
export class MachineDocument implements StatusDocument {
  readonly namespace: string;
  readonly name: string;
  readonly json: string;
  readonly version: string;
  readonly phase: Phase;
  readonly machine: Machine;

  constructor(machine: Machine, dependents: Dependents, settings: StatusSettings) {
    const status = toStatus(machine, dependents, settings);
    this.namespace = machine.namespace;
    this.name = machine.name;
    this.json = JSON.stringify(status);
    const digest = hash('sha256', this.json, 'buffer').toString('base64url', 0, 12);
    this.phase = status.phase;
    this.machine = machine;
    this.version = flatten(`${machine.uid}.${machine.generation}.${digest}`);
  }

  get uid(): string {
    return this.machine.uid;
  }

  get template(): string | undefined {
    return this.machine.spec.template;
  }
}

/** A copy in one piece of memory. V8 represents a concatenated string as a tree of its pieces. */
const flatten = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');
