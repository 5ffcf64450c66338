import type { Right } from '../../devmachine/caller.ts';
import type { Namespaces } from '../../devmachine/namespaces.ts';

/** How many namespaces are reviewed for one caller at most, and at once. */
const MAX_REVIEWED = 500;
const AT_ONCE = 16;

/** `undefined`: in all namespaces. */
export const listIn = (namespace: string | undefined): Right => ({
  verb: 'list',
  resource: 'devmachines',
  namespace,
});

/** Those of `all`, at most 500, in which somebody may list machines. `isAllowed` asks the cluster. */
export async function allowedNamespaces(
  all: Namespaces,
  isAllowed: (right: Right) => Promise<boolean>,
): Promise<Namespaces> {
  const candidates = all.names.slice(0, MAX_REVIEWED);
  const allowed = new Set<string>();
  const queue = candidates.values();
  const reviewNext = async () => {
    for (const name of queue) if (await isAllowed(listIn(name))) allowed.add(name);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reviewNext));
  return {
    names: candidates.filter((name) => allowed.has(name)),
    incomplete: all.incomplete || candidates.length < all.names.length,
  };
}
