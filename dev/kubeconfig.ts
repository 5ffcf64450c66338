import { stringify } from 'yaml';
import type { ClientTls } from './kube-client.ts';

/** A kubeconfig for a user with a client certificate, or with a token. */
export function toKubeconfig(
  server: string,
  user: string,
  credentials: ClientTls | { readonly ca: string; readonly token: string },
): string {
  const name = 'devmachine-dev';
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(credentials.ca) } }],
      users: [
        {
          name: user,
          user:
            'token' in credentials
              ? { token: credentials.token }
              : {
                  'client-certificate-data': base64(credentials.cert),
                  'client-key-data': base64(credentials.key),
                },
        },
      ],
      contexts: [{ name, context: { cluster: name, user, namespace: 'default' } }],
      'current-context': name,
    },
    { lineWidth: 0 },
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
