import { DevMachineError } from '../../devmachine/errors.ts';
import { escapeKey, isObject } from '../../devmachine/json-pointer.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { asStatus, toPointer } from '../client/api-errors.ts';
import type { KubeResponse } from '../client/transport.ts';

const REASON = 'FieldManagerConflict';

/** Converts a refused apply to an error that names each conflicting field and its managers; undefined if it was refused for another reason. */
export function toFieldConflict(
  { name }: MachineKey,
  { status, body }: KubeResponse,
  applied: unknown,
): DevMachineError | undefined {
  if (status !== 409) return undefined;
  const managers = new Map<string, string[]>();
  for (const { reason, field, message } of asStatus(body)?.details?.causes ?? []) {
    if (reason !== REASON || field === undefined) continue;
    const pointer = fieldPointer(applied, field) ?? toPointer(field);
    managers.set(pointer, [...(managers.get(pointer) ?? []), managerIn(message)]);
  }
  if (managers.size === 0) return undefined;
  const fields = [...managers].map(([pointer, owners]) => `${pointer} (${owners.join(', ')})`);
  const detail = `Other field managers own fields of the machine ${name} with other values: ${fields.join(', ')}.`;
  const errors = [...managers].map(([pointer, owners]) => ({
    pointer,
    message: `is managed by ${owners.join(' and ')}`,
    source: 'kubernetes' as const,
    managers: owners,
  }));
  return new DevMachineError('conflict', detail, { errors, cause: body });
}

/** `conflict with "kubectl-edit" using ide.example.com/v1alpha1 at …` (apimachinery, managedfields/internal/conflict.go) */
const managerIn = (message = ''): string => /"((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? 'unknown';

/**
 * Converts a field path of structured-merge-diff, such as `.spec.env[name="A"].value`, to a JSON pointer into `value`. Names
 * in it are not escaped and may contain dots, so only `value` can tell where a name ends. Returns undefined if the path does
 * not fit `value`.
 */
export function fieldPointer(value: unknown, path: string): string | undefined {
  if (path === '') return '';
  if (path.startsWith('.') && isObject(value)) {
    const keys = Object.keys(value).filter((key) => path.startsWith(key, 1));
    return firstOf(keys, (key) => below(value[key], path.slice(1 + key.length), escapeKey(key)));
  }
  const [bracket, selector = ''] = /^\[((?:"(?:[^"\\]|\\.)*"|[^"\]])*)\]/.exec(path) ?? [];
  if (bracket === undefined || !Array.isArray(value)) return undefined;
  const index = value.findIndex((item, at) => isSelected(selector, item, at));
  return index < 0 ? undefined : below(value[index], path.slice(bracket.length), String(index));
}

const below = (value: unknown, path: string, key: string): string | undefined => {
  const pointer = fieldPointer(value, path);
  return pointer === undefined ? undefined : `/${key}${pointer}`;
};

function firstOf(keys: readonly string[], find: (key: string) => string | undefined): string | undefined {
  for (const key of keys) {
    const found = find(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A selector names an item by its keys (`name="A"`), its value (`="A"`) or its index (`0`). */
function isSelected(selector: string, item: unknown, index: number): boolean {
  if (!selector.includes('=')) return selector === String(index);
  const pairs = [...selector.matchAll(/([^=,]*)=("(?:[^"\\]|\\.)*"|[^,]*)/g)];
  return pairs.every(([, key = '', text = '']) => {
    const found = key === '' ? item : isObject(item) ? item[key] : undefined;
    return JSON.stringify(found) === text;
  });
}
