import { computed, signal } from '@preact/signals';

export type Route =
  | { readonly page: 'machines' | 'create' | 'disks' | 'missing' }
  | { readonly page: 'machine' | 'change'; readonly namespace: string; readonly name: string };

const current = signal(new URL(location.href));

export const query = computed(() => current.value.searchParams);

export const route = computed<Route>(() => {
  const [first = '', namespace, name, action] = current.value.pathname
    .slice(1)
    .split('/')
    .map(decodeURIComponent);
  if (first === '') return { page: 'machines' };
  if (first === 'create' || first === 'disks') return { page: first };
  if (first === 'machines' && namespace && name)
    return { page: action === 'change' ? 'change' : 'machine', namespace, name };
  return { page: 'missing' };
});

/** Goes to a path of the console. `replace` leaves no entry in the history. */
export function navigate(path: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](undefined, '', path);
  current.value = new URL(location.href);
}

/** Sets parameters of the query, or removes them if they are empty. */
export function setQuery(changes: Record<string, string>): void {
  const params = new URLSearchParams(query.value);
  for (const [key, value] of Object.entries(changes)) {
    if (value) params.set(key, value);
    else params.delete(key);
  }
  navigate(`${current.value.pathname}${params.size > 0 ? `?${params}` : ''}`, { replace: true });
}

export const machineHref = (namespace: string, name: string, action = ''): string =>
  `/machines/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}${action && `/${action}`}`;

/** Lets links to paths of the console change the page instead of loading it. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    current.value = new URL(location.href);
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest('a');
    if (!link || link.target || link.origin !== location.origin || link.hasAttribute('download')) return;
    if (link.pathname === location.pathname && link.hash) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
    scrollTo(0, 0);
  });
}
