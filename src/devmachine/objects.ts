import type { LogOptions } from './logs.ts';
import type { MachineKey } from './schema/manifest.ts';
import type { Terminal, TerminalOptions } from './terminal.ts';
import type { Timeline } from './timeline.ts';

/**
 * What one caller does with the objects of a machine directly in the cluster, with that caller's rights. Every failure is a
 * DevMachineError.
 */
export interface MachineObjects {
  /**
   * How to sign in to a machine. Throws forbidden, machine-not-found, or machine-not-ready if the operator has not created
   * the password yet.
   */
  access(key: MachineKey, signal: AbortSignal): Promise<MachineAccess>;
  /**
   * The log of a container, in chunks. Throws forbidden, machine-not-found, container-not-found, kubelet-unreachable, or
   * machine-not-ready if there is no pod or the container has not started.
   */
  logs(key: MachineKey, options: LogOptions): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Starts a command in a terminal of its own. Resolves when it runs: the caller must close the terminal then. Throws what
   * `logs` throws, and exec-failed.
   */
  terminal(key: MachineKey, options: TerminalOptions): Promise<Terminal>;
  /** What happened to a machine. Throws forbidden or machine-not-found. */
  timeline(key: MachineKey, signal: AbortSignal): Promise<Timeline>;
  /** The disks in a namespace whose machines are gone, sorted by name. Throws forbidden. */
  disks(namespace: string, signal: AbortSignal): Promise<readonly Disk[]>;
  /**
   * Deletes such a disk and the access Secret of its machine. Idempotent until both are gone. Throws forbidden or
   * disk-not-found, or disk-in-use if the machine exists or a pod uses the disk; then nothing is deleted.
   */
  deleteDisk(key: DiskKey, signal: AbortSignal): Promise<void>;
}

/** Identifies a disk by the name of its PersistentVolumeClaim. */
export interface DiskKey {
  readonly namespace: string;
  readonly name: string;
}

/** A disk that has outlived its machine. */
export interface Disk {
  readonly name: string;
  /** The machine that it belonged to. The next machine of this name in the namespace gets it. */
  readonly machine: string;
  /** The capacity; the requested size until the claim is bound. */
  readonly size: string;
  readonly storageClassName: string | undefined;
  readonly createdAt: string;
}

/**
 * What the IDE of a machine asks for:
 *
 * - `password`, `token`: the machine's password, under the name that the IDE gives it.
 * - `proxy`: nothing. The administrator's authenticating proxy signs people in.
 * - `none`: nothing is known, because the machine runs a command of its user.
 */
export const ACCESS_KINDS = ['password', 'token', 'proxy', 'none'] as const;

export interface MachineAccess {
  /** undefined while nobody serves the machine under a URL. */
  readonly url: string | undefined;
  readonly kind: (typeof ACCESS_KINDS)[number];
  /** undefined behind a proxy. With `none`, the process has it in a variable and may ask for it. */
  readonly password: string | undefined;
}
