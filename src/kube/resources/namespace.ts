import type { Stored } from '../cache/store.ts';
import type { Metadata } from './metadata.ts';

export const namespacesPath = (): string => '/api/v1/namespaces';

/** Of a namespace, its name is enough. */
export function toNamespace(object: unknown): Stored {
  const { name, uid, resourceVersion } = (object as { readonly metadata: Metadata }).metadata;
  return { namespace: '', name, uid, resourceVersion };
}
