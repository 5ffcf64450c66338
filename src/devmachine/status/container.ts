/** How a container ended. */
export interface Termination {
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number;
  readonly finishedAt: string;
}

/** What the status needs of a container of a pod. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  /** An init container that runs as long as the pod does. */
  readonly sidecar: boolean;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  readonly state: 'waiting' | 'running' | 'terminated';
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number;
  /** When it started to run, or terminated (RFC 3339). */
  readonly since: string | undefined;
  /** How it terminated before its last restart. */
  readonly lastTermination: Termination | undefined;
}
