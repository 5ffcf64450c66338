/** JSON pointers (RFC 6901): the only place where they are built, escaped and read. */

/** A key as it is written in a pointer. */
export const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The pointer to a property or an array index of what `pointer` points at. */
export const childPointer = (pointer: string, key: string | number): string =>
  `${pointer}/${escapeKey(String(key))}`;

export const toPointer = (keys: readonly (string | number)[]): string => keys.reduce(childPointer, '');

/** The keys of a pointer, unescaped; the inverse of toPointer. */
export const pointerKeys = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value that `pointer` points at; undefined if there is none. */
export const valueAt = (value: unknown, pointer: string): unknown =>
  pointerKeys(pointer).reduce<unknown>(
    (inner, key) =>
      Array.isArray(inner) ? inner[Number(key)] : isObject(inner) ? ownValue(inner, key) : undefined,
    value,
  );

/** Pointers to the fields in which two JSON values differ, each as deep as possible. They start with `pointer`. */
export function differences(one: unknown, other: unknown, pointer = ''): string[] {
  if (Object.is(one, other)) return [];
  if (Array.isArray(one) && Array.isArray(other)) {
    const longer = one.length > other.length ? one : other;
    return longer.flatMap((_, index) => differences(one[index], other[index], childPointer(pointer, index)));
  }
  if (isObject(one) && isObject(other)) {
    return Object.keys({ ...one, ...other }).flatMap((key) =>
      differences(ownValue(one, key), ownValue(other, key), childPointer(pointer, key)),
    );
  }
  return [pointer];
}

type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ownValue = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;
