import { computed, signal } from '@preact/signals';
import { unwrap } from '../../../client/index.ts';
import { remembered } from './remembered.ts';
import { query } from './router.ts';
import { client, configuration } from './session.ts';

/** The namespaces that the caller may use, for the chooser. Until they are known, one can be typed. */
export const namespaces = signal<{ readonly names: readonly string[]; readonly incomplete: boolean }>({
  names: [],
  incomplete: true,
});

export async function loadNamespaces(): Promise<void> {
  const { items, incomplete } = await unwrap(client.GET('/api/v1/namespaces'));
  namespaces.value = { names: items.map(({ name }) => name), incomplete };
}

/** Whether the API has refused to list the machines of all namespaces. */
export const allRefused = signal(false);

/** With a default namespace, a call that names none is about that one. */
export const allAllowed = computed(() => !allRefused.value && configuration.value.defaultNamespace === null);

const chosen = signal(remembered.read('namespace'));

/** The namespace where a person is at home: the one last chosen. */
export const homeNamespace = computed<string | undefined>(
  () => chosen.value ?? configuration.value.defaultNamespace ?? namespaces.value.names[0],
);

/** The namespace that is shown: that of the address, else all where allowed (undefined), else the one last chosen. */
export const namespace = computed<string | undefined>(
  () => query.value.get('namespace') ?? (allAllowed.value ? undefined : homeNamespace.value),
);

export function rememberNamespace(name: string): void {
  chosen.value = name;
  remembered.write('namespace', name);
}
