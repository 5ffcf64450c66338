import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import { Provider } from 'oidc-provider';
import { createLeaf, type KeyPair } from '../../../dev/certs.ts';
import { onFreePort } from '../../../dev/ports.ts';

/** A real OpenID provider: any name may sign in, without a password, and is in the group `developers`. */
export interface OidcProvider {
  readonly issuer: string;
  /** The CA of its certificate. */
  readonly ca: string;
  /** The configuration with which the API server trusts it, in this version of the format. */
  trust(version: 'v1' | 'v1beta1'): object;
  /** Sets how long the ID tokens are valid that it issues from now on. */
  lifetime(seconds: number): void;
  close(): Promise<void>;
}

/** The client of the API server's users. The provider also knows a client `wiki`. */
export const CLIENT_ID = 'devmachine';
/** Nothing listens here: the test reads the code from the redirect. */
export const REDIRECT_URI = 'http://127.0.0.1/callback';
const HOUR = 3_600;

export async function startOidcProvider(ca: KeyPair): Promise<OidcProvider> {
  const { cert, key } = await createLeaf(ca, { commonName: 'issuer', hosts: ['127.0.0.1'] });
  let lifetime = HOUR;
  return onFreePort(async (port) => {
    const issuer = `https://127.0.0.1:${port}`;
    const provider = new Provider(issuer, {
      clients: [CLIENT_ID, 'wiki'].map((client_id) => ({
        client_id,
        application_type: 'native',
        // As in a browser: PKCE instead of a secret.
        token_endpoint_auth_method: 'none',
        // Any port of a loopback address: the second one is the console's.
        redirect_uris: [REDIRECT_URI, 'http://127.0.0.1/signed-in'],
        id_token_signed_response_alg: 'ES256',
      })),
      clientBasedCORS: () => true,
      jwks: { keys: [signingKey()] },
      cookies: { keys: [randomBytes(32).toString('hex')] },
      claims: { openid: ['sub'], groups: ['groups'] },
      // The API server sees the ID token alone, so the groups must be in it.
      conformIdTokenClaims: false,
      findAccount: (_context, accountId) => ({
        accountId,
        claims: () => ({ sub: accountId, groups: ['developers'] }),
      }),
      ttl: {
        AccessToken: HOUR,
        AuthorizationCode: 60,
        Grant: HOUR,
        IdToken: () => lifetime,
        Interaction: HOUR,
        Session: HOUR,
      },
    });
    const server = createServer({ cert, key }, provider.callback());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return {
      issuer,
      ca: ca.cert,
      trust: (version) => trustIn(issuer, ca.cert, version),
      lifetime(seconds) {
        lifetime = seconds;
      },
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  });
}

/** docs/authentication-set-ups.md has the same configuration as YAML. */
const trustIn = (url: string, certificateAuthority: string, version: string) => ({
  apiVersion: `apiserver.config.k8s.io/${version}`,
  kind: 'AuthenticationConfiguration',
  jwt: [
    {
      issuer: { url, audiences: [CLIENT_ID], certificateAuthority },
      claimMappings: {
        username: { claim: 'sub', prefix: 'oidc:' },
        groups: { claim: 'groups', prefix: 'oidc:' },
      },
    },
  ],
});

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'ES256' };
}
