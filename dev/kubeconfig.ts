import { stringify } from 'yaml';
import type { ClientTls } from './kube-client.ts';

export function toKubeconfig(server: string, user: string, tls: ClientTls): string {
  const name = 'devmachine-dev';
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(tls.ca) } }],
      users: [
        {
          name: user,
          user: { 'client-certificate-data': base64(tls.cert), 'client-key-data': base64(tls.key) },
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
