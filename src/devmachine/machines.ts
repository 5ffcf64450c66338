import type { Machine } from './machine.ts';
import type { MachineKey } from './manifest.ts';
import type { DevMachineSpec } from './spec.ts';

export interface CreateOptions {
  /** Everything is checked by the cluster, nothing is stored. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Created {
  /** false: the same machine was there already. */
  readonly created: boolean;
  readonly machine: Machine;
}

/** What the HTTP side needs of a cluster. Every failure is a DevMachineError. */
export interface Machines {
  /** The first creator wins, over all replicas. Throws already-exists, with the fields that differ, or being-deleted. */
  create(key: MachineKey, spec: DevMachineSpec, options: CreateOptions): Promise<Created>;
  /** From the shared cache; asks the cluster once before it throws machine-not-found. */
  read(key: MachineKey, signal: AbortSignal): Promise<Machine>;
  /** Resolves when the cluster has accepted it; idempotent while the machine goes. */
  delete(key: MachineKey, signal: AbortSignal): Promise<void>;
  /** Whether the cache has seen the whole cluster once. */
  synced(): boolean;
}
