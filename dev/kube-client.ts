import { Agent, request } from 'undici';

export interface ClientTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface Cluster {
  readonly server: string;
  readonly tls: ClientTls;
}

export interface KubeAnswer {
  readonly status: number;
  readonly text: string;
}

/** The few calls that starting a cluster takes. The backend's own way to Kubernetes is in src/kube. */
export interface KubeClient {
  get(path: string): Promise<KubeAnswer>;
  /** Server-side apply of a YAML or JSON document, sent as it is. */
  apply(path: string, document: string): Promise<KubeAnswer>;
  close(): Promise<void>;
}

const FIELD_MANAGER = 'devmachine-dev';

export function createKubeClient(server: string, tls: ClientTls): KubeClient {
  const dispatcher = new Agent({ connect: { ...tls }, headersTimeout: 10_000, bodyTimeout: 10_000 });
  const call = async (method: 'GET' | 'PATCH', path: string, body?: string): Promise<KubeAnswer> => {
    const headers = body === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' };
    const answer = await request(`${server}${path}`, { method, dispatcher, headers, body: body ?? null });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  return {
    get: (path) => call('GET', path),
    apply: (path, document) => call('PATCH', `${path}?fieldManager=${FIELD_MANAGER}&force=true`, document),
    close: () => dispatcher.destroy(),
  };
}

/** Whether `path` is answered with 200. Throws where nobody is there. */
export async function isWell(server: string, tls: ClientTls, path: string): Promise<boolean> {
  const client = createKubeClient(server, tls);
  try {
    return (await client.get(path)).status === 200;
  } finally {
    await client.close();
  }
}
