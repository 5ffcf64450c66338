/** JSON pointers (RFC 6901), below `pointer`, of the fields in which two JSON values differ, the deepest that can be named. */
export function differences(one: unknown, other: unknown, pointer = ''): string[] {
  if (Object.is(one, other)) return [];
  if (Array.isArray(one) && Array.isArray(other)) {
    const longer = one.length > other.length ? one : other;
    return longer.flatMap((_, index) => differences(one[index], other[index], `${pointer}/${index}`));
  }
  if (isObject(one) && isObject(other)) {
    return Object.keys({ ...one, ...other }).flatMap((key) =>
      differences(own(one, key), own(other, key), `${pointer}/${escapeKey(key)}`),
    );
  }
  return [pointer];
}

type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** A key as it stands in a JSON pointer. */
export const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The keys of a JSON pointer, unescaped. */
export const pointerKeys = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/** What `pointer` points at, undefined where there is nothing. */
export const valueAt = (value: unknown, pointer: string): unknown =>
  pointerKeys(pointer).reduce<unknown>(
    (inner, key) =>
      Array.isArray(inner) ? inner[Number(key)] : isObject(inner) ? own(inner, key) : undefined,
    value,
  );
