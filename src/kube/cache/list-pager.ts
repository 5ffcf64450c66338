import { toDomainError } from '../client/api-errors.ts';
import type { KubeResponse, RequestClient } from '../client/transport.ts';
import { nextTurn, spreadOverTurns } from './turns.ts';

export interface List<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

export interface ListOptions<T> {
  readonly client: RequestClient;
  /** The collection, such as /apis/…/devmachines. */
  readonly path: string;
  /** labelSelector and fieldSelector; without them, the whole collection. */
  readonly selectors?: Readonly<Record<string, string>>;
  /** Media type of the pages; defaults to plain JSON. */
  readonly accept?: string;
  /** Converts each object as soon as its page arrives (client-go's TransformFunc). */
  readonly transform: (object: unknown) => T;
  /** Whether to keep an object; without it, all are kept. */
  readonly admit?: ((item: T) => boolean) | undefined;
  /** An object that is kept has arrived. */
  readonly onItem?: (item: T) => void;
  /** A page has arrived. */
  readonly onPage?: (() => void) | undefined;
  /** The pages so far do not count: the list begins again. */
  readonly onRestart?: () => void;
  readonly signal: AbortSignal;
}

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  /** null: a list of metadata with nothing in it. */
  readonly items?: readonly unknown[] | null;
}

export const PAGE_SIZE = 500;

/**
 * Lists a collection page by page. The next page is requested before the present one is parsed, which takes turns of the event loop
 * of its own. An expired continue token (410) is answered by one list without pages.
 */
export async function listAll<T>(options: ListOptions<T>): Promise<List<T>> {
  const {
    client,
    path,
    selectors,
    accept,
    transform,
    admit = () => true,
    onItem,
    onPage,
    onRestart,
    signal,
  } = options;
  const request = (query: Record<string, string>): Promise<KubeResponse> => {
    const options = { uncompressed: true, ...(accept !== undefined && { accept }), signal };
    const response = client.request({ path, query: { ...selectors, ...query }, ...options });
    // Awaited later, or never: do not report an unhandled rejection.
    response.catch(() => undefined);
    return response;
  };
  const requestPage = (token?: string) =>
    request({ limit: String(PAGE_SIZE), ...(token === undefined ? {} : { continue: token }) });

  const items: T[] = [];
  function* take(objects: readonly unknown[]): Generator<void> {
    for (const object of objects) {
      const item = transform(object);
      if (admit(item)) {
        items.push(item);
        onItem?.(item);
      }
      yield;
    }
  }

  let next = requestPage();
  let paged = true;
  for (;;) {
    const response = await next;
    if (response.status === 410 && paged) {
      items.length = 0;
      onRestart?.();
      paged = false;
      next = request({});
      continue;
    }
    const expectedToken = findToken(response.text);
    const prefetched = expectedToken === undefined ? undefined : requestPage(expectedToken);
    await nextTurn();
    const { metadata, items: objects } = toPage(response);
    await spreadOverTurns(take(objects ?? []));
    onPage?.();
    const token = metadata.continue || undefined;
    if (!token) return { items, resourceVersion: metadata.resourceVersion };
    next = prefetched && token === expectedToken ? prefetched : requestPage(token);
  }
}

/** Throws if the body is not a list, so that a proxy's page is never taken for an empty list. */
function toPage({ status, headers, body }: KubeResponse): Page {
  const page = body as Partial<Page> | null;
  if (status === 200 && typeof page?.metadata?.resourceVersion === 'string') return page as Page;
  throw toDomainError({ status: status === 200 ? 502 : status, headers, body });
}

/** A list's metadata stands before or after its items, with the continue token first or last in it. */
const TOKEN = /"metadata":\{(?:"resourceVersion":"\d+",)?"continue":"([^"\\]+)"/;
const SEARCH_LENGTH = 4_096;

/** Finds the continue token without parsing the body. */
const findToken = (text = ''): string | undefined =>
  (TOKEN.exec(text.slice(-SEARCH_LENGTH)) ?? TOKEN.exec(text.slice(0, SEARCH_LENGTH)))?.[1];
