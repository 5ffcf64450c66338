import { toDomainError } from '../client/api-errors.ts';
import type { RequestClient } from '../client/transport.ts';

const PAGE_SIZE = 500;
/** A collection may be of any size, but a call must end. */
const MAX_PAGES = 40;

interface Page {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly unknown[] | null;
}

/**
 * Reads a collection page by page, without waiting for a consistent copy of it: if it changes so much that the cluster
 * cannot continue (410), the rest is as it is now. Returns whether that was all of it.
 */
export async function readPages(
  client: RequestClient,
  path: string,
  onItems: (items: readonly unknown[]) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let token: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = { limit: String(PAGE_SIZE), ...(token !== undefined && { continue: token }) };
    const response = await client.request({ path, query, uncompressed: true, signal });
    const { metadata, items } = (response.body ?? {}) as Page;
    const expired = response.status === 410 && token !== undefined && metadata?.continue;
    if (!expired) {
      if (response.status !== 200 || !metadata) throw toDomainError(response);
      onItems(items ?? []);
    }
    token = metadata?.continue || undefined;
    if (token === undefined) return true;
  }
  return false;
}
