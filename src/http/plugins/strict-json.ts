import { type JSONPath, visit } from 'jsonc-parser';
import { DevMachineError, type FieldError } from '../../devmachine/errors.ts';
import { escapeKey } from '../../devmachine/json-pointer.ts';

/**
 * Parses a JSON body, and refuses one from which JSON.parse would lose something: it replaces invalid UTF-8 with U+FFFD,
 * keeps the last of duplicate keys, rounds large numbers and accepts lone surrogates, which UTF-8 cannot encode. Throws
 * invalid-request.
 */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`The body is not JSON: ${(error as Error).message}`);
  }
  const errors = findLosses(text);
  if (errors.length > 0) throw refused('The body cannot be parsed without loss.', errors);
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refused('The body is not UTF-8.');
  }
}

/** A body can contain a hundred thousand errors. */
const MAX_ERRORS = 50;
/** Twice the depth of a machine. The pointer of an error is as long as its depth. */
const MAX_DEPTH = 64;

/** Ends the visit once `MAX_ERRORS` are found. */
class TooManyErrors extends Error {}

function findLosses(text: string): FieldError[] {
  const errors: FieldError[] = [];
  /** The keys seen so far in each enclosing object or array. */
  const keys: Set<string>[] = [];
  const report = (pointer: string, message: string) => {
    errors.push({ pointer, message, source: 'request' });
    if (errors.length === MAX_ERRORS) throw new TooManyErrors();
  };
  const enter = () => {
    if (keys.push(new Set()) > MAX_DEPTH) throw refused('The body is nested too deeply.');
  };
  const leave = () => {
    keys.pop();
  };
  try {
    visit(text, {
      onObjectBegin: enter,
      onObjectEnd: leave,
      onArrayBegin: enter,
      onArrayEnd: leave,
      onObjectProperty: (key, _offset, _length, _line, _character, path) => {
        const seen = keys.at(-1);
        if (seen?.has(key)) report(toPointer([...path(), key]), 'is a duplicate key');
        if (!key.isWellFormed()) report(toPointer(path()), 'has a key that is not valid Unicode');
        seen?.add(key);
      },
      onLiteralValue: (value: unknown, offset, length, _line, _character, path) => {
        const loss = lossOf(value, text.slice(offset, offset + length));
        if (loss) report(toPointer(path()), loss);
      },
    });
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
  }
  return errors;
}

/** What would be lost from a literal; `text` is the literal as it was written. */
function lossOf(value: unknown, text: string): string | undefined {
  if (typeof value === 'string' && !value.isWellFormed()) return 'is not valid Unicode';
  if (typeof value === 'number' && !isExact(value, text)) {
    return 'is a number that a double cannot represent exactly';
  }
  return undefined;
}

/** Integers must be safe (below 2^53). Decimals may be rounded, but not to zero or infinity. */
function isExact(value: number, text: string): boolean {
  const [mantissa = ''] = text.split(/e/i);
  if (value === 0) return !/[1-9]/.test(mantissa);
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

const toPointer = (path: JSONPath): string => path.map((key) => `/${escapeKey(String(key))}`).join('');

const refused = (message: string, errors: readonly FieldError[] = []): DevMachineError =>
  new DevMachineError('invalid-request', message, { errors });
