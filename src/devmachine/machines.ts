import type { Machine } from './machine.ts';
import type { Namespaces } from './namespaces.ts';
import type { MachineKey } from './schema/manifest.ts';
import type { DevMachineSpec } from './schema/spec.ts';
import type { StatusDocument } from './status/status-document.ts';

export interface CreateOptions {
  /** The cluster validates the request but stores nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface Created {
  /** false if the same machine existed before. */
  readonly created: boolean;
  readonly machine: Machine;
}

/** Identifies one version of the spec of one machine. */
export interface SpecVersion {
  readonly uid: string;
  readonly generation: number;
}

export interface ReplaceOptions {
  /** Take over fields that another field manager owns. */
  readonly force: boolean;
  /** Replace the spec only if it is one of these versions; undefined means any version. */
  readonly expected: readonly SpecVersion[] | undefined;
  /** The cluster validates the request but stores nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** `restart` also starts a stopped machine. */
export type PowerAction = 'stop' | 'start' | 'restart';

export interface PowerOptions {
  /** Take over the power state if another field manager owns it. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export interface DeleteOptions {
  /** Delete the disk and the access Secret, too. */
  readonly purge: boolean;
  readonly signal: AbortSignal;
}

/** A change of the status of one machine. */
export interface StatusUpdate {
  readonly type: 'changed' | 'deleted';
  /** The new document; for `deleted`, the last one. */
  readonly document: StatusDocument;
}

/** The writes of one caller, with that caller's rights. Every failure is a DevMachineError. */
export interface MachineWrites {
  /**
   * Creates a machine. The first creator wins, across all replicas. Throws already-exists, with the fields that differ, or
   * being-deleted.
   */
  create(key: MachineKey, spec: DevMachineSpec, options: CreateOptions): Promise<Created>;
  /**
   * Replaces the whole spec of an existing machine; the disk is kept. Throws conflict, with the fields that other managers
   * own, precondition-failed or being-deleted.
   */
  replace(key: MachineKey, spec: DevMachineSpec, options: ReplaceOptions): Promise<Machine>;
  /** Sets the desired power state. Idempotent; it never overwrites a concurrent change of another field. */
  setPower(key: MachineKey, action: PowerAction, options: PowerOptions): Promise<Machine>;
  /**
   * Resolves when the cluster has accepted the deletion; idempotent while the machine is being deleted. A purge throws
   * operator-timeout if the operator does not release the disk in time, and then deletes nothing.
   */
  delete(key: MachineKey, options: DeleteOptions): Promise<void>;
}

/**
 * The reads, from a cache that all callers share: whoever calls them has checked the caller's rights. Every failure is a
 * DevMachineError.
 */
export interface Machines {
  /** The status in the cache. undefined if the cache has no such machine; `status` then asks the cluster. */
  known(key: MachineKey): StatusDocument | undefined;
  /** The status in the cache. Asks the cluster once before it throws machine-not-found. */
  status(key: MachineKey, signal: AbortSignal): Promise<StatusDocument>;
  /** All machines in the cache of a namespace, or of every served namespace, in the order of compareKeys. */
  list(namespace: string | undefined): readonly StatusDocument[];
  /** The namespaces that are served. Incomplete if the backend may not list those of the cluster. */
  namespaces(): Namespaces;
  /** The number of machines in the cache. */
  size(): number;
  /** Calls `listener` for every change from now on. Returns a function that unsubscribes it. */
  subscribe(listener: (change: StatusUpdate) => void): () => void;
  /**
   * How long ago, in ms, the cache was last known to match the cluster, for one namespace or for all. The age grows while
   * the cluster is unreachable.
   */
  ageMs(namespace: string | undefined): number;
  /** Throws cache-not-synced until the cache is complete for the first time, and cache-stale while it is too old. */
  checkReadable(namespace: string | undefined): void;
}
