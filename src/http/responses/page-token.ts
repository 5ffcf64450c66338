import type { ListFilter } from '../../devmachine/pagination.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';

const TOKEN_VERSION = 1;

/**
 * Where the next page begins: after the last machine of this one, whether or not it is still there then. So machines that
 * come and go in between neither hide others nor show them twice. It names its query, so that it is used with no other.
 */
export const toToken = ({ namespace, phase, template }: ListFilter, last: MachineKey): string =>
  Buffer.from(
    JSON.stringify([
      TOKEN_VERSION,
      [last.namespace, last.name],
      [namespace ?? '', phase ?? '', template ?? ''],
    ]),
  ).toString('base64url');

/** undefined: it is not a token of this query. */
export function fromToken(token: string, filter: ListFilter): MachineKey | undefined {
  try {
    const [, [namespace, name]] = JSON.parse(Buffer.from(token, 'base64url').toString());
    const key = { namespace: String(namespace), name: String(name) };
    return toToken(filter, key) === token ? key : undefined;
  } catch {
    return undefined;
  }
}
