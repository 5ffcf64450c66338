import { DevMachineError } from '../../devmachine/errors.ts';
import { isObject } from '../../devmachine/json-pointer.ts';
import type { TerminalSize } from '../../devmachine/terminal.ts';

/** The terminals of Linux count rows and columns in 16 bits. */
const MAX = 65_535;

/** The size in a text message of the client, `{"type":"resize","cols":120,"rows":40}`. Throws invalid-request. */
export function parseControl(text: string): TerminalSize {
  const message = parse(text);
  if (isObject(message) && message['type'] === 'resize') {
    const { cols, rows } = message;
    if (isCount(cols) && isCount(rows)) return { cols, rows };
  }
  throw new DevMachineError(
    'invalid-request',
    `A text message must be {"type":"resize","cols":C,"rows":R} with numbers from 1 to ${MAX}. What is typed is sent in binary messages.`,
  );
}

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
