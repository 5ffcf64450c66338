import { computed, signal } from '@preact/signals';
import { createDevMachineClient, unwrap } from '../../../client/index.ts';

export interface Configuration {
  readonly authMode: 'none' | 'kubernetes';
  readonly oidc: { readonly issuer: string; readonly clientId: string } | null;
  readonly defaultNamespace: string | null;
}

export const configuration = signal<Configuration>({ authMode: 'none', oidc: null, defaultNamespace: null });

/** The token of whoever is signed in. It is in memory only. */
export const token = signal<string>();

/** Whether the API has refused the token since. */
export const expired = signal(false);

export const signedIn = computed(() => configuration.value.authMode === 'none' || token.value !== undefined);

export const client = createDevMachineClient({
  baseUrl: location.origin,
  token: () => token.peek(),
  fetch: async (request) => {
    const sent = token.peek();
    const response = await fetch(request);
    if (response.status === 401 && sent !== undefined && sent === token.peek()) expired.value = true;
    return response;
  },
});

/** Signs in with a token. Throws a ProblemError, and changes nothing, if the API refuses it. */
export async function signIn(given: string): Promise<void> {
  const candidate = createDevMachineClient({ baseUrl: location.origin, token: given });
  await unwrap(candidate.GET('/api/v1/templates'));
  token.value = given;
  expired.value = false;
}

/** A new page has nothing in memory. */
export function signOut(): void {
  location.assign('/');
}
