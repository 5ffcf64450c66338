import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ProblemError } from '../../../../client/index.ts';

/** What is wrong with fields, by their JSON pointer, such as /spec/storage/size. */
export type FieldErrors = ReadonlyMap<string, readonly string[]>;

export const FieldErrorsContext = createContext<FieldErrors>(new Map());

export const useFieldErrors = (pointer: string): readonly string[] =>
  useContext(FieldErrorsContext).get(pointer) ?? [];

export function fieldErrorsOf({ problem }: ProblemError): FieldErrors {
  const errors = new Map<string, string[]>();
  for (const { pointer, parameter, message } of problem.errors ?? []) {
    const where = pointer ?? (parameter === 'namespace' ? '/metadata/namespace' : '');
    errors.set(where, [...(errors.get(where) ?? []), message]);
  }
  return errors;
}

/** A key as a part of a JSON pointer (RFC 6901). */
export const escapeKey = (key: string | number): string =>
  String(key).replaceAll('~', '~0').replaceAll('/', '~1');
