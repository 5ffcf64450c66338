import type { ListFilter } from '../../devmachine/pagination.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';

const TOKEN_VERSION = 1;

/**
 * The `continue` token of a page that ends with `last`. The next page begins after that machine, even if it no longer
 * exists, so machines that are created or deleted in between cause no gaps and no duplicates. The token contains the filter
 * because it is valid only with the same one.
 */
export const toToken = ({ namespace, phase, template }: ListFilter, last: MachineKey): string =>
  Buffer.from(
    JSON.stringify([
      TOKEN_VERSION,
      [last.namespace, last.name],
      [namespace ?? '', phase ?? '', template ?? ''],
    ]),
  ).toString('base64url');

/** The last machine of the previous page; undefined if `token` is malformed or belongs to another filter. */
export function fromToken(token: string, filter: ListFilter): MachineKey | undefined {
  try {
    const [, [namespace, name]] = JSON.parse(Buffer.from(token, 'base64url').toString());
    const key = { namespace: String(namespace), name: String(name) };
    return toToken(filter, key) === token ? key : undefined;
  } catch {
    return undefined;
  }
}
