import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket } from 'ws';
import type { Streams } from '../../calls.ts';
import { asStatus, type Status } from '../../client/api-errors.ts';
import { type PodContainer, podPath } from '../containers.ts';
import { toConnectionError, toContainerError } from '../kubelet.ts';

/** The newer one first. They differ in how standard input is closed, which a terminal never does. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** The first byte of each message (k8s.io/apimachinery, pkg/util/remotecommand). */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4 } as const;

/** Messages of the API server that wait to be read. More of them pause the connection. */
const MAX_WAITING_MESSAGES = 16;

export interface ExecOptions {
  readonly command: readonly string[];
  readonly tty: boolean;
  /** Aborts the opening. */
  readonly signal: AbortSignal;
}

/** A command that runs in a container, and the WebSocket that leads to it. */
export class Exec {
  readonly #socket: WebSocket;
  readonly #messages: Duplex;
  /** How it ended, in the words of the API server; undefined if the connection was lost before. */
  status: Status | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#messages = createWebSocketStream(socket, {
      readableObjectMode: true,
      readableHighWaterMark: MAX_WAITING_MESSAGES,
    });
    // Whoever reads `output` learns of it.
    this.#messages.on('error', () => undefined);
  }

  /** Its output, to be read once. Ends when it has ended, or the connection has. */
  async *output(): AsyncGenerator<Buffer> {
    try {
      for await (const message of this.#messages as AsyncIterable<Buffer | string>) {
        const bytes = typeof message === 'string' ? Buffer.from(message) : message;
        const data = bytes.subarray(1);
        if (bytes[0] === CHANNEL.status) this.status = parse(data);
        else if ((bytes[0] === CHANNEL.stdout || bytes[0] === CHANNEL.stderr) && data.length > 0) yield data;
      }
    } catch {
      // The connection was lost: there is no status.
    }
  }

  /** Resolves when the connection has taken the bytes, or has ended. */
  write(data: Uint8Array): Promise<void> {
    return this.#send(CHANNEL.stdin, data);
  }

  resize({ cols, rows }: { readonly cols: number; readonly rows: number }): Promise<void> {
    return this.#send(CHANNEL.resize, Buffer.from(JSON.stringify({ Width: cols, Height: rows })));
  }

  /** Ends the connection, not the command. */
  close(): void {
    this.#socket.terminate();
  }

  #send(channel: number, data: Uint8Array): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.send(Buffer.concat([Buffer.of(channel), data]), () => resolve());
    return promise;
  }
}

/** Starts a command. Resolves when the API server has accepted it, which says nothing about the kubelet yet. */
export async function startExec(
  { upgrade }: Streams,
  container: PodContainer,
  { command, tty, signal }: ExecOptions,
): Promise<Exec> {
  const query = new URLSearchParams({ container: container.name, stdout: 'true' });
  if (tty) for (const name of ['stdin', 'tty']) query.set(name, 'true');
  for (const argument of command) query.append('command', argument);
  const request = { path: podPath(container, 'exec'), query, protocols: PROTOCOLS, signal };
  const response = await upgrade(request).catch((error) => {
    throw toConnectionError(container, error);
  });
  if ('socket' in response) return new Exec(response.socket);
  throw toContainerError(container, response);
}

function parse(data: Buffer): Status | undefined {
  try {
    // It has no kind.
    return asStatus({ ...JSON.parse(data.toString()), kind: 'Status' });
  } catch {
    return undefined;
  }
}
