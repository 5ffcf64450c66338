import { randomBytes } from 'node:crypto';
import { DevMachineError } from '../../../devmachine/errors.ts';
import type { Terminal, TerminalSize } from '../../../devmachine/terminal.ts';
import type { Account } from '../../calls.ts';
import type { Status } from '../../client/api-errors.ts';
import type { PodContainer } from '../containers.ts';
import { kubeletUnreachable } from '../kubelet.ts';
import { type Exec, startExec } from './exec.ts';
import type { HangUps } from './hang-up.ts';
import { findMarker, startCommand } from './scripts.ts';

/** How long the command may take to start, in ms. */
const START_MS = 20_000;
/** What may come before the marker. */
const MAX_HEAD_BYTES = 4_096;

/**
 * Starts a command in a terminal of its own. The API server accepts it before it has asked the kubelet, so this waits until
 * the command runs.
 */
export async function openTerminal(
  account: Account,
  hangUps: HangUps,
  container: PodContainer,
  command: readonly string[],
): Promise<Terminal> {
  const id = randomBytes(12).toString('hex');
  const { signal } = new AbortController();
  const exec = await startExec(account, container, { command: startCommand(id, command), tty: true, signal });
  const output = exec.output();
  const timer = setTimeout(() => exec.close(), START_MS);
  try {
    const { pid, rest } = await readMarker(output, id);
    const hangUp = () => hangUps.hangUp(account, container, { id, pid });
    return new ExecTerminal({ container, exec, output, rest, hangUp });
  } catch {
    const error = startError(container, exec.status);
    // It may have started nevertheless.
    if (!exec.status) void hangUps.hangUp(account, container, { id, pid: undefined });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Throws if the output ends. */
async function readMarker(output: AsyncGenerator<Buffer>, id: string) {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < MAX_HEAD_BYTES) {
    const { done, value } = await output.next();
    if (done) throw new Error('the output has ended');
    head = Buffer.concat([head, value]);
    const found = findMarker(head, id);
    if (found) return found;
  }
  return { pid: undefined, rest: head };
}

interface ExecTerminalOptions {
  readonly container: PodContainer;
  readonly exec: Exec;
  readonly output: AsyncIterable<Buffer>;
  /** The output that has been read already. */
  readonly rest: Buffer;
  /** Ends the command after its connection. */
  readonly hangUp: () => Promise<void>;
}

class ExecTerminal implements Terminal {
  readonly container: string;
  readonly output: AsyncIterable<Buffer>;
  readonly #options: ExecTerminalOptions;
  #closing: Promise<void> | undefined;

  constructor(options: ExecTerminalOptions) {
    this.#options = options;
    this.container = options.container.name;
    this.output = this.#read();
  }

  get exitCode(): number | undefined {
    return exitCodeOf(this.#options.exec.status);
  }

  write(data: Uint8Array): Promise<void> {
    return this.#options.exec.write(data);
  }

  resize(size: TerminalSize): Promise<void> {
    return this.#options.exec.resize(size);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async *#read(): AsyncGenerator<Buffer> {
    const { rest, output, exec } = this.#options;
    if (rest.length > 0) yield rest;
    yield* output;
    if (this.exitCode === undefined) throw connectionLost(exec.status);
  }

  async #close(): Promise<void> {
    const { exec, hangUp } = this.#options;
    exec.close();
    if (exec.status === undefined) await hangUp();
  }
}

function exitCodeOf(status: Status | undefined): number | undefined {
  if (status?.reason === 'NonZeroExitCode') {
    const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
    return Number(code);
  }
  return status && status.code === undefined ? 0 : undefined;
}

/** The runtime could not start the command; otherwise the kubelet was not reached (pkg/kubelet/cri/streaming). */
const NOT_STARTED = /executing command in container|OCI runtime exec failed/;

function startError(container: PodContainer, status: Status | undefined): DevMachineError {
  const isRefused = status !== undefined && (NOT_STARTED.test(status.message ?? '') || exitCodeOf(status));
  if (!isRefused) return kubeletUnreachable(container, status);
  return new DevMachineError(
    'exec-failed',
    `The command could not be started in the container ${container.name}: its image may have no sh, or the container is just ending.`,
    { cause: status },
  );
}

const connectionLost = (cause: unknown): DevMachineError =>
  new DevMachineError('cluster-unavailable', 'The connection to the terminal was lost.', { cause });
