import type { Machine } from './machine.ts';
import type { MachineKey } from './schema/manifest.ts';
import type { DevMachineSpec } from './schema/spec.ts';
import type { StatusDocument } from './status/status-document.ts';

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

/** One version of the spec of one machine. */
export interface SpecVersion {
  readonly uid: string;
  readonly generation: number;
}

export interface ReplaceOptions {
  /** Takes over the fields that another manager owns. */
  readonly force: boolean;
  /** Replace only a spec that is one of these versions; undefined: whatever it is. */
  readonly expected: readonly SpecVersion[] | undefined;
  /** Everything is checked by the cluster, nothing is stored. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** `restart` starts a machine that is stopped. */
export type PowerAction = 'stop' | 'start' | 'restart';

export interface PowerOptions {
  /** Takes over the power state where another manager owns it. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export interface DeleteOptions {
  /** The disk and the access Secret go too. */
  readonly purge: boolean;
  readonly signal: AbortSignal;
}

/** What has become of the status of one machine. */
export interface StatusUpdate {
  readonly type: 'changed' | 'deleted';
  /** For `deleted`, the last one known. */
  readonly document: StatusDocument;
}

/** What the HTTP side needs of a cluster. Every failure is a DevMachineError. */
export interface Machines {
  /** The first creator wins, over all replicas. Throws already-exists, with the fields that differ, or being-deleted. */
  create(key: MachineKey, spec: DevMachineSpec, options: CreateOptions): Promise<Created>;
  /**
   * A whole new spec for a machine that is there; its disk stays. Throws conflict with the fields that other managers own,
   * precondition-failed, or being-deleted.
   */
  replace(key: MachineKey, spec: DevMachineSpec, options: ReplaceOptions): Promise<Machine>;
  /** Changes the power state that is wished for; idempotent, and never loses somebody else's change. */
  setPower(key: MachineKey, action: PowerAction, options: PowerOptions): Promise<Machine>;
  /**
   * Resolves when the cluster has accepted it; idempotent while the machine goes. A purge throws operator-timeout where
   * the operator does not let go of the disk in time; nothing is deleted then.
   */
  delete(key: MachineKey, options: DeleteOptions): Promise<void>;
  /** From the shared cache; undefined: it knows of none, which is to be asked of `status`. */
  known(key: MachineKey): StatusDocument | undefined;
  /** From the shared cache; asks the cluster once before it throws machine-not-found. */
  status(key: MachineKey, signal: AbortSignal): Promise<StatusDocument>;
  /** All that the cache knows of a namespace, or of every namespace that is served; ordered by namespace and name. */
  list(namespace: string | undefined): readonly StatusDocument[];
  /** How many the cache knows. */
  size(): number;
  /** Calls `listener` for every change from now on. Returns the way to stop it. */
  subscribe(listener: (change: StatusUpdate) => void): () => void;
  /**
   * How long ago, in ms, what status, list and subscribe tell of a namespace, or of all, was last known to be what the
   * cluster has. While the cluster is away it grows.
   */
  ageMs(namespace: string | undefined): number;
  /** Throws cache-not-synced until the cache has seen the whole cluster once, and cache-stale while it is too old. */
  checkReadable(namespace: string | undefined): void;
}
