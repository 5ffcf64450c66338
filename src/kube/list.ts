import type { Connection } from './connection.ts';
import { toDomainError } from './status-errors.ts';

export interface List<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly unknown[];
}

export const PAGE_SIZE = 500;

/**
 * The whole list, or what of it `selectors` (labelSelector, fieldSelector) choose, page by page, each object reduced by `reduce` as its page arrives. A continue token that expires on the
 * way (410) means one list without pages.
 */
export async function listAll<T>(
  connection: Connection,
  path: string,
  reduce: (object: unknown) => T,
  signal: AbortSignal,
  selectors: Readonly<Record<string, string>> = {},
): Promise<List<T>> {
  const items: T[] = [];
  let token: string | undefined;
  let paged = true;
  for (;;) {
    const query = {
      ...selectors,
      ...(paged ? { limit: String(PAGE_SIZE) } : {}),
      ...(token ? { continue: token } : {}),
    };
    const reply = await connection.request({ path, query, signal });
    if (reply.status === 410 && paged) {
      items.length = 0;
      token = undefined;
      paged = false;
      continue;
    }
    if (reply.status !== 200) throw toDomainError(reply);
    const { metadata, items: objects = [] } = reply.body as Page;
    for (const object of objects) items.push(reduce(object));
    token = metadata.continue || undefined;
    if (!token) return { items, resourceVersion: metadata.resourceVersion };
  }
}
