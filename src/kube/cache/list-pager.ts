import { toDomainError } from '../client/api-errors.ts';
import type { Connection, KubeResponse } from '../client/transport.ts';

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
 * The whole list, or what of it `selectors` (labelSelector, fieldSelector) choose, page by page, each object transformed by
 * `transform` as its page arrives, while the next page is on its way; `onPage` is told of it then. A continue token that
 * expires (410) means one list without pages.
 */
export async function listAll<T>(
  connection: Connection,
  path: string,
  transform: (object: unknown) => T,
  signal: AbortSignal,
  selectors: Readonly<Record<string, string>> = {},
  onPage: (items: readonly T[]) => void = () => {},
): Promise<List<T>> {
  const ask = (query: Record<string, string>): Promise<KubeResponse> => {
    const reply = connection.request({ path, query: { ...selectors, ...query }, uncompressed: true, signal });
    // It is waited for later, or not at all.
    reply.catch(() => undefined);
    return reply;
  };
  const askFor = (token: string) => ask({ limit: String(PAGE_SIZE), continue: token });

  const items: T[] = [];
  let next = ask({ limit: String(PAGE_SIZE) });
  let paged = true;
  for (;;) {
    const reply = await next;
    if (reply.status === 410 && paged) {
      items.length = 0;
      paged = false;
      next = ask({});
      continue;
    }
    const guess = guessToken(reply.text);
    const ahead = guess === undefined ? undefined : askFor(guess);
    const { metadata, items: objects = [] } = pageOf(reply);
    const page = objects.map(transform);
    for (const item of page) items.push(item);
    onPage(page);
    const token = metadata.continue || undefined;
    if (!token) return { items, resourceVersion: metadata.resourceVersion };
    next = ahead && token === guess ? ahead : askFor(token);
  }
}

/** Junk in the cluster's place is not taken for an empty list. */
function pageOf({ status, headers, body }: KubeResponse): Page {
  const page = body as Partial<Page> | null;
  if (status === 200 && typeof page?.metadata?.resourceVersion === 'string') return page as Page;
  throw toDomainError({ status: status === 200 ? 502 : status, headers, body });
}

/** The metadata of a list stands behind its items or before them, and the token first in it or last. */
const TOKEN = /"metadata":\{(?:"resourceVersion":"\d+",)?"continue":"([^"\\]+)"/;
const REACH = 4_096;

/** What the body will most likely say, without reading all of it. */
const guessToken = (text = ''): string | undefined =>
  (TOKEN.exec(text.slice(-REACH)) ?? TOKEN.exec(text.slice(0, REACH)))?.[1];
