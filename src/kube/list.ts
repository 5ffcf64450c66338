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
const limit = String(PAGE_SIZE);

/**
 * The whole list, or what of it `selectors` (labelSelector, fieldSelector) choose, page by page, each object reduced by
 * `reduce` as its page arrives; the cluster makes the next page meanwhile. A continue token that expires on the way (410)
 * means one list without pages.
 */
export async function listAll<T>(
  connection: Connection,
  path: string,
  reduce: (object: unknown) => T,
  signal: AbortSignal,
  selectors: Readonly<Record<string, string>> = {},
): Promise<List<T>> {
  // Uncompressed: on the way to a replica in the cluster, to compress a page takes longer than to send it.
  const ask = (query: Readonly<Record<string, string>>) =>
    connection.request({ path, query: { ...selectors, ...query }, compressed: false, signal });
  let items: T[] = [];
  let paged = true;
  let reply = await ask({ limit });
  for (;;) {
    if (reply.status === 410 && paged) {
      paged = false;
      items = [];
      reply = await ask({});
    }
    if (reply.status !== 200) throw toDomainError(reply);
    const { metadata, items: objects = [] } = reply.body as Page;
    const next = metadata.continue ? ask({ limit, continue: metadata.continue }) : undefined;
    // It is awaited below, unless `reduce` throws.
    next?.catch(() => undefined);
    for (const object of objects) items.push(reduce(object));
    if (!next) return { items, resourceVersion: metadata.resourceVersion };
    reply = await next;
  }
}
