import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { CLIENT_ID, type OidcProvider, REDIRECT_URI } from './oidc-provider.ts';

/** Signs in as a browser application does, with the authorization code flow and PKCE. Resolves with the ID token. */
export async function signIn(
  { issuer, ca }: OidcProvider,
  login: string,
  { clientId = CLIENT_ID }: { clientId?: string } = {},
): Promise<string> {
  const agent = new Agent({ connect: { ca } });
  try {
    const [verifier, state] = [random(), random()];
    const authorization = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid groups',
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const callback = await authorize(agent, new URL(`${issuer}/auth?${authorization}`), login);
    assert.equal(callback.searchParams.get('state'), state, callback.href);
    const { statusCode, body } = await request(`${issuer}/token`, {
      method: 'POST',
      dispatcher: agent,
      headers: FORM,
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: REDIRECT_URI,
        code: callback.searchParams.get('code') ?? '',
        code_verifier: verifier,
      }).toString(),
    });
    const answer = (await body.json()) as { id_token: string };
    assert.equal(statusCode, 200, JSON.stringify(answer));
    return answer.id_token;
  } finally {
    await agent.close();
  }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const random = () => randomBytes(32).toString('base64url');

/** Follows redirects and submits forms, as a browser and its user do, until the provider redirects to the client. */
async function authorize(dispatcher: Agent, start: URL, login: string): Promise<URL> {
  const cookies = new Map<string, string>();
  const visit = async (url: URL, form?: URLSearchParams) => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const { headers, body } = await request(url, {
      dispatcher,
      method: form ? 'POST' : 'GET',
      headers: { cookie, ...(form ? FORM : {}) },
      body: form?.toString() ?? null,
    });
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    return { location: headers['location'], page: await body.text() };
  };
  let url = start;
  let form: URLSearchParams | undefined;
  for (;;) {
    const { location, page } = await visit(url, form);
    if (typeof location === 'string') {
      url = new URL(location, url);
      form = undefined;
      if (url.href.startsWith(REDIRECT_URI)) return url;
    } else {
      const [, action] = /action="([^"]+)"/.exec(page) ?? [];
      const [, prompt] = /name="prompt" value="([^"]+)"/.exec(page) ?? [];
      assert.ok(action && prompt, page);
      url = new URL(action, url);
      form = new URLSearchParams({ prompt, login });
    }
  }
}
