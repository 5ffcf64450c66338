import type { DevMachineClient, Problem } from './client.ts';

export const TERMINAL_PROTOCOL = 'devmachine.terminal.v1';

export interface TerminalOptions {
  readonly namespace: string;
  readonly name: string;
  readonly container?: string | undefined;
  /** Bytes that the machine has written. */
  readonly onData: (bytes: Uint8Array) => void;
  /** The end: the exit code of the shell, or a problem, or neither if the connection was lost or refused. */
  readonly onEnd: (end: { readonly code?: number; readonly problem?: Problem }) => void;
  readonly onOpen?: () => void;
}

export interface TerminalConnection {
  /** Sends what a person has typed. */
  write(data: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

/** Opens a shell in a machine. The token is sent as a sub-protocol, because a browser cannot set a header. */
export function openTerminal(client: DevMachineClient, options: TerminalOptions): TerminalConnection {
  const { namespace, name, container, onData, onEnd, onOpen } = options;
  const url = new URL('/api/v1/devmachines/terminal', client.baseUrl);
  url.protocol = url.protocol.replace('http', 'ws');
  url.search = String(new URLSearchParams({ namespace, name, ...(container ? { container } : {}) }));
  const token = client.token();
  const credentials = token === undefined ? [] : [`base64url.bearer.authorization.k8s.io.${encode(token)}`];
  const socket = new WebSocket(url, [TERMINAL_PROTOCOL, ...credentials]);
  socket.binaryType = 'arraybuffer';
  let end: Parameters<typeof onEnd>[0] = {};
  socket.onopen = () => onOpen?.();
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) onData(new Uint8Array(data));
    else end = endOf(JSON.parse(String(data))) ?? end;
  };
  socket.onclose = () => onEnd(end);
  const send = (data: string | Uint8Array<ArrayBuffer>) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
  return {
    write: (data) => send(typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)),
    resize: (cols, rows) => send(JSON.stringify({ type: 'resize', cols, rows })),
    close() {
      socket.onclose = null;
      socket.close();
    },
  };
}

function endOf(message: { type: string; code?: number; problem?: Problem }) {
  if (message.type === 'exit' && message.code !== undefined) return { code: message.code };
  if (message.type === 'error' && message.problem !== undefined) return { problem: message.problem };
  return undefined;
}

/** base64url without padding, as the Kubernetes API server expects it. */
const encode = (token: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(token)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
