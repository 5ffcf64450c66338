import * as oauth from 'oauth4webapi';
import { CHANNEL } from './oidc-answer.ts';
import { configuration } from './session.ts';

/**
 * Signs in at the issuer with the authorization code flow and PKCE, and returns the ID token. The issuer's page is in `popup`,
 * so that verifier and tokens stay in the memory of this page, and a form that is half filled in survives. The popup is opened
 * by the caller, because a browser allows one only while it handles a click.
 */
export async function signInAtIssuer(popup: Window | null, signal: AbortSignal): Promise<string> {
  const { oidc } = configuration.peek();
  if (!oidc || !popup) throw new Error('blocked');
  try {
    const issuer = new URL(oidc.issuer);
    const insecure = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' };
    const discovery = await oauth.discoveryRequest(issuer, insecure);
    const server = await oauth.processDiscoveryResponse(issuer, discovery);
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const client: oauth.Client = { client_id: oidc.clientId };
    const redirectUri = `${location.origin}/signed-in`;
    popup.location = authorizationUrl(server, {
      client_id: oidc.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const answer = await answerTo(state, signal);
    const parameters = oauth.validateAuthResponse(server, client, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      parameters,
      redirectUri,
      verifier,
      insecure,
    );
    const { id_token } = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    return id_token ?? '';
  } finally {
    popup.close();
  }
}

function authorizationUrl(server: oauth.AuthorizationServer, parameters: Record<string, string>): string {
  const url = new URL(server.authorization_endpoint ?? '');
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * The query of the redirect that answers the request with this state. The issuer may cut its window off from this page (COOP),
 * so a channel carries the query, and nobody knows whether the window was closed.
 */
function answerTo(state: string, signal: AbortSignal): Promise<URLSearchParams> {
  const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>();
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    const answer = new URLSearchParams(String(data));
    // Other tabs may be signing in, too.
    if (answer.get('state') === state) resolve(answer);
  };
  signal.addEventListener('abort', () => reject(signal.reason));
  return promise.finally(() => channel.close());
}
