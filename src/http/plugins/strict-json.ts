import { type JSONPath, visit } from 'jsonc-parser';
import { DevMachineError, type FieldError } from '../../devmachine/errors.ts';

/**
 * Parses a body so that nothing in it is lost. Decoding and JSON.parse alone would put U+FFFD in the place of broken
 * UTF-8, keep the last of two equal keys, round large numbers, and let half a surrogate pair through that UTF-8 cannot
 * carry. Throws DevMachineError invalid-request.
 */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`The body is not JSON: ${(error as Error).message}`);
  }
  const errors = lossyParts(text);
  if (errors.length > 0) throw refused('The body cannot be taken as it is.', errors);
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

/** More would help nobody, and a body may hold a hundred thousand. */
const MOST_ERRORS = 50;
/** A machine has not half of it. Every path that is reported is as long as the place is deep. */
const DEEPEST = 64;

/** Ends the visit of a body that has shown enough. */
class EnoughError extends Error {}

function lossyParts(text: string): FieldError[] {
  const errors: FieldError[] = [];
  const keys: Set<string>[] = [];
  const report = (pointer: string, message: string) => {
    errors.push({ pointer, message, source: 'request' });
    if (errors.length === MOST_ERRORS) throw new EnoughError();
  };
  const open = () => {
    if (keys.push(new Set()) > DEEPEST) throw refused('The body is nested too deeply.');
  };
  const close = () => {
    keys.pop();
  };
  try {
    visit(text, {
      onObjectBegin: open,
      onObjectEnd: close,
      onArrayBegin: open,
      onArrayEnd: close,
      onObjectProperty: (key, _offset, _length, _line, _character, path) => {
        const seen = keys.at(-1);
        if (seen?.has(key)) report(toPointer([...path(), key]), 'the key is there twice');
        if (!key.isWellFormed()) report(toPointer(path()), 'a key is not valid Unicode');
        seen?.add(key);
      },
      onLiteralValue: (value: unknown, offset, length, _line, _character, path) => {
        const fault = faultOf(value, text.slice(offset, offset + length));
        if (fault) report(toPointer(path()), fault);
      },
    });
  } catch (error) {
    if (!(error instanceof EnoughError)) throw error;
  }
  return errors;
}

function faultOf(value: unknown, text: string): string | undefined {
  if (typeof value === 'string' && !value.isWellFormed()) return 'is not valid Unicode';
  if (typeof value === 'number' && !isExact(value, text)) return 'is a number that cannot be kept exactly';
  return undefined;
}

/** Whole numbers only up to 2^53; decimals as near as a double comes, but not to nothing. */
function isExact(value: number, text: string): boolean {
  const [mantissa = ''] = text.split(/e/i);
  if (value === 0) return !/[1-9]/.test(mantissa);
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

const toPointer = (path: JSONPath): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const refused = (message: string, errors: readonly FieldError[] = []): DevMachineError =>
  new DevMachineError('invalid-request', message, { errors });
