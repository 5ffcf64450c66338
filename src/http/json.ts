import { type JSONPath, visit } from 'jsonc-parser';
import type { FieldError } from '../devmachine/errors.ts';
import { DevMachineError } from '../devmachine/errors.ts';

/**
 * Parses a body so that nothing in it is lost: JSON.parse alone would keep the last of two equal keys, round large
 * numbers, and let half a surrogate pair through that UTF-8 cannot carry. Throws DevMachineError invalid-request.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DevMachineError('invalid-request', `The body is not JSON: ${(error as Error).message}`);
  }
  const errors = lossyParts(text);
  if (errors.length > 0)
    throw new DevMachineError('invalid-request', 'The body cannot be taken as it is.', { errors });
  return value;
}

/** More would help nobody, and a body may hold a hundred thousand. */
const MOST_ERRORS = 50;

function lossyParts(text: string): FieldError[] {
  const errors: FieldError[] = [];
  const keys: Set<string>[] = [];
  const report = (path: JSONPath, message: string) => {
    if (errors.length < MOST_ERRORS) errors.push({ pointer: toPointer(path), message, source: 'request' });
  };
  try {
    visit(text, {
      onObjectBegin: () => void keys.push(new Set()),
      onObjectEnd: () => void keys.pop(),
      onObjectProperty: (key, _offset, _length, _line, _character, path) => {
        const seen = keys.at(-1);
        if (seen?.has(key)) report([...path(), key], 'the key is there twice');
        if (!key.isWellFormed()) report(path(), 'a key is not valid Unicode');
        seen?.add(key);
      },
      onLiteralValue: (value: unknown, offset, length, _line, _character, path) => {
        if (typeof value === 'string' && !value.isWellFormed()) report(path(), 'is not valid Unicode');
        if (typeof value === 'number' && !isExact(value, text.slice(offset, offset + length))) {
          report(path(), 'is a number that cannot be kept exactly');
        }
      },
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DevMachineError('invalid-request', 'The body is nested too deeply.');
  }
  return errors;
}

/** Whole numbers only up to 2^53; decimals as near as a double comes. */
const isExact = (value: number, text: string): boolean =>
  Number.isFinite(value) &&
  (Number.isSafeInteger(value) || !Number.isInteger(value)) &&
  !(value === 0 && /[1-9]/.test(mantissa(text)));

const mantissa = (text: string): string => text.split(/e/i)[0] ?? '';

const toPointer = (path: JSONPath): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
