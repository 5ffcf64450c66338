import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocket } from 'ws';
import { DevMachineError } from '../../devmachine/errors.ts';
import type { Terminal } from '../../devmachine/terminal.ts';
import { parseControl } from './control.ts';
import type { OpenTerminal } from './terminals.ts';

export interface SessionOptions {
  /** The problem document of an error. */
  readonly toProblem: (error: DevMachineError) => object;
  /** How often the client is asked whether it is still there, in ms. */
  readonly pingMs?: number;
}

const PING_MS = 30_000;
/** Messages of the client that wait to be read. More of them pause its connection. */
const MAX_WAITING_MESSAGES = 16;

/** How long a client may take to read what was written, and to close the WebSocket, in a shutdown. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Close codes (RFC 6455, 7.4.1). */
const CLOSE = { normal: 1000, goingAway: 1001, refused: 1008, error: 1011 } as const;

/**
 * A client's WebSocket and its terminal. Each direction takes the next message when the one before has been passed on, so
 * that neither side is read faster than the other one takes it.
 *
 *     client ──binary──▶ terminal.write        client ◀──binary── terminal.output
 *            ──resize──▶ terminal.resize              ◀──exit, error──
 *
 * Whatever ends first, both are closed, and `ended` resolves when the command has ended.
 */
export class TerminalSession implements OpenTerminal {
  readonly ended: Promise<void>;
  readonly #socket: WebSocket;
  readonly #terminal: Terminal;
  readonly #messages: Duplex;
  readonly #options: SessionOptions;
  #isAlive = true;

  constructor(socket: WebSocket, terminal: Terminal, options: SessionOptions) {
    this.#socket = socket;
    this.#terminal = terminal;
    this.#options = options;
    this.#messages = createWebSocketStream(socket, {
      readableObjectMode: true,
      readableHighWaterMark: MAX_WAITING_MESSAGES,
    });
    // The close that follows ends the session. An error without a listener would end the process.
    for (const emitter of [socket, this.#messages]) emitter.on('error', ignore);
    this.ended = this.#run();
  }

  /** For a shutdown. */
  close(): Promise<void> {
    this.#socket.close(CLOSE.goingAway, 'The API is shutting down.');
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
    void this.#terminal.close();
    return this.ended;
  }

  /** Ends the session with a problem. */
  fail(error: DevMachineError, code: number = CLOSE.refused): void {
    this.#socket.send(JSON.stringify({ type: 'error', problem: this.#options.toProblem(error) }), ignore);
    this.#socket.close(code);
    void this.#terminal.close();
  }

  async #run(): Promise<void> {
    const timer = setInterval(() => this.#ping(), this.#options.pingMs ?? PING_MS);
    this.#socket.on('pong', () => {
      this.#isAlive = true;
    });
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    void this.#read();
    const written = this.#write();
    await Promise.race([closed, written]);
    await this.#terminal.close();
    await written;
    clearInterval(timer);
  }

  /** The client's messages, until it closes the WebSocket. */
  async #read(): Promise<void> {
    try {
      for await (const message of this.#messages as AsyncIterable<Buffer | string>) await this.#take(message);
    } catch {
      // The connection was lost.
    }
  }

  async #take(message: Buffer | string): Promise<void> {
    if (typeof message !== 'string') return this.#terminal.write(message);
    try {
      await this.#terminal.resize(parseControl(message));
    } catch (error) {
      this.fail(error as DevMachineError);
    }
  }

  /** The terminal's output, until its command has ended. */
  async #write(): Promise<void> {
    try {
      for await (const chunk of this.#terminal.output) await this.#send(chunk);
      this.#socket.send(JSON.stringify({ type: 'exit', code: this.#terminal.exitCode }), ignore);
      this.#socket.close(CLOSE.normal);
    } catch (error) {
      if (error instanceof DevMachineError) this.fail(error, CLOSE.error);
    }
  }

  /** Resolves when the connection has taken the bytes. Rejects when it is closed. */
  #send(chunk: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.send(chunk, { binary: true }, (error) => (error ? reject(error) : resolve()));
    return promise;
  }

  /** Ends the connection of a client that has not answered the last ping. While it is paused, its answer is not read. */
  #ping(): void {
    if (this.#isAlive || this.#socket.isPaused) {
      this.#isAlive = false;
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(undefined, undefined, ignore);
    } else this.#socket.terminate();
  }
}

const ignore = (): void => undefined;
