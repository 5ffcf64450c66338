import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import WebSocket, { type ClientOptions } from 'ws';
import type { Config } from '../../../src/config.ts';
import { anyCaller, type Power } from '../../../src/devmachine/caller.ts';
import { DevMachineError } from '../../../src/devmachine/errors.ts';
import type { Terminal, TerminalOptions, TerminalSize } from '../../../src/devmachine/terminal.ts';
import { build, FakeMachines } from '../../support/fake-machines.ts';

/** A terminal in memory, which shows what `output` gives until it is closed. */
export class FakeTerminal implements Terminal {
  readonly container = 'machine';
  readonly written: Buffer[] = [];
  readonly sizes: TerminalSize[] = [];
  readonly output: AsyncIterable<Uint8Array>;
  readonly #closed = Promise.withResolvers<never>();
  exitCode: number | undefined;
  closes = 0;

  constructor(output: (terminal: FakeTerminal) => AsyncIterable<Uint8Array>) {
    this.#closed.promise.catch(() => undefined);
    this.output = output(this);
  }

  async write(data: Uint8Array): Promise<void> {
    this.written.push(Buffer.from(data));
  }

  async resize(size: TerminalSize): Promise<void> {
    this.sizes.push(size);
  }

  async close(): Promise<void> {
    this.closes++;
    this.#closed.reject(
      new DevMachineError('cluster-unavailable', 'The connection to the terminal was lost.'),
    );
  }

  /** Rejects when the terminal is closed. */
  get untilClosed(): Promise<never> {
    return this.#closed.promise;
  }
}

/** Shows nothing. */
export async function* silence(terminal: FakeTerminal): AsyncGenerator<Uint8Array> {
  yield await terminal.untilClosed;
}

export const PROTOCOL = 'devmachine.terminal.v1';
export const PATH = '/api/v1/devmachines/terminal?namespace=a&name=one';

/** An API whose terminals are those that `open` returns. */
export async function serveTerminals(
  t: TestContext,
  open: (options: TerminalOptions) => Terminal,
  config: Partial<Config> = {},
) {
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  const objects = { terminal: async (_key: unknown, options: TerminalOptions) => open(options) };
  const callers = anyCaller({ objects } as unknown as Power);
  const app = await build(t, new FakeMachines(), config, logger, callers);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const connect = (path = PATH, protocols: string[] = [PROTOCOL], options: ClientOptions = {}): WebSocket => {
    const socket = new WebSocket(`${url}${path}`.replace('http', 'ws'), protocols, options);
    socket.on('error', () => undefined);
    t.after(() => socket.terminate());
    return socket;
  };
  return { app, url, log, connect };
}

/** Resolves with the status and the type of the problem with which the WebSocket is refused. */
export async function refusalOf(socket: WebSocket): Promise<string> {
  const [, response] = await once(socket, 'unexpected-response');
  const { status, type } = JSON.parse(Buffer.concat(await response.toArray()).toString());
  return `${status} ${type.replace('urn:devmachine:problem:', '')}`;
}
