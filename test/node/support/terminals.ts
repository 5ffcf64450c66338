import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import WebSocket from 'ws';
import { until } from '../../support/until.ts';

export interface TerminalClient {
  readonly socket: WebSocket;
  /** What it has shown so far. */
  readonly shown: () => string;
  /** Its text messages. */
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on the fields that they need
  readonly messages: any[];
  type(text: string): void;
  /** Waits until it shows what matches. */
  shows(pattern: RegExp): Promise<void>;
  readonly closed: Promise<number>;
}

const PROTOCOL = 'devmachine.terminal.v1';
/** The node starts the shells of 50 terminals one after the other. */
const TIMEOUT = { timeoutMs: 60_000 };

const protocols = (token: string | undefined): string[] =>
  token === undefined
    ? [PROTOCOL]
    : [PROTOCOL, `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`];

/** Opens a terminal; `query` names the machine. Rejects with the status and the type of the problem. */
export async function openTerminal(
  t: TestContext,
  url: string,
  query: string,
  token?: string,
): Promise<TerminalClient> {
  const path = `/api/v1/devmachines/terminal?${query}`;
  const socket = new WebSocket(`${url}${path}`.replace('http', 'ws'), protocols(token));
  t.after(() => socket.terminate());
  const chunks: Buffer[] = [];
  const messages: object[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) chunks.push(data);
    else messages.push(JSON.parse(String(data)));
  });
  const refused = once(socket, 'unexpected-response').then(async ([, response]) => {
    const { status, type } = JSON.parse(Buffer.concat(await response.toArray()).toString());
    throw new Error(`${status} ${type}`);
  });
  socket.on('error', () => undefined);
  await Promise.race([once(socket, 'open'), refused]);
  const shown = () => Buffer.concat(chunks).toString();
  return {
    socket,
    shown,
    messages,
    type: (text) => socket.send(Buffer.from(text)),
    async shows(pattern) {
      await until(`the terminal to show ${pattern}`, () => pattern.test(shown()), TIMEOUT).catch((error) =>
        assert.fail(`${error.message}\n${shown().slice(-500)}`),
      );
    },
    closed: once(socket, 'close').then(([code]) => code),
  };
}
