import { createHash } from 'node:crypto';
import type { Machine } from './machine.ts';
import type { MachineParts } from './parts.ts';
import { type MachineStatus, toStatus } from './status.ts';

/** A status as it is answered: made and serialised once per change, not per request. */
export interface StatusEntry {
  readonly status: MachineStatus;
  readonly json: string;
  /** `"<uid>.<generation>.<digest>"`: uid and generation say which spec it is, the digest which status. */
  readonly etag: string;
  /** Of the DevMachine; for telling old from new, never for callers. */
  readonly resourceVersion: string;
}

export function toEntry(machine: Machine, parts: MachineParts): StatusEntry {
  const status = toStatus(machine, parts);
  const json = JSON.stringify(status);
  const digest = createHash('sha256').update(json).digest('base64url').slice(0, 16);
  const etag = `"${machine.uid}.${machine.generation}.${digest}"`;
  return { status, json, etag, resourceVersion: machine.resourceVersion };
}
