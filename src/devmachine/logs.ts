export interface LogOptions {
  /** undefined: the container of the machine itself. */
  readonly container: string | undefined;
  /** Only this many lines, at the end. */
  readonly tailLines: number | undefined;
  /** Only lines that are not older. */
  readonly sinceSeconds: number | undefined;
  /** The log of the container before its last restart. */
  readonly previous: boolean;
  /**
   * Go on with what the container writes, after restarts and in the machine's next pods, until the machine is stopped or
   * deleted. The last line says why the log ends.
   */
  readonly follow: boolean;
  /** Aborts the log. One that is followed ends with the message of the reason if that is an error of the domain. */
  readonly signal: AbortSignal;
}
