export interface TerminalOptions {
  /** undefined: the container of the machine itself. */
  readonly container: string | undefined;
  /** The command and its arguments; empty: a login shell. */
  readonly command: readonly string[];
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** A command that runs in a terminal of a container. */
export interface Terminal {
  readonly container: string;
  /**
   * What the terminal shows, to be read once. Ends when the command has; fails if the connection to the cluster does. Nothing
   * more is read from the cluster until the chunk before has been taken.
   */
  readonly output: AsyncIterable<Uint8Array>;
  /** Set when `output` has ended. */
  readonly exitCode: number | undefined;
  /** Types. Resolves when the cluster's connection has taken the bytes. */
  write(data: Uint8Array): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  /**
   * Closes the connection, and hangs up what still runs in the terminal. Never rejects; resolves when nothing is left, or
   * nothing can be done.
   */
  close(): Promise<void>;
}
