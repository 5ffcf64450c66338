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

/** The few calls that starting a cluster needs. The backend's client is in src/kube. */
export interface KubeClient {
  get(path: string): Promise<KubeAnswer>;
  create(path: string, object: object): Promise<KubeAnswer>;
  /** Server-side apply of a YAML or JSON document, which is sent unchanged. */
  apply(path: string, document: string): Promise<KubeAnswer>;
  close(): Promise<void>;
}

const FIELD_MANAGER = 'devmachine-dev';
const CONTENT_TYPES = { GET: '', POST: 'application/json', PATCH: 'application/apply-patch+yaml' };

export function createKubeClient(server: string, tls: ClientTls): KubeClient {
  const dispatcher = new Agent({ connect: { ...tls }, headersTimeout: 10_000, bodyTimeout: 10_000 });
  const call = async (method: 'GET' | 'POST' | 'PATCH', path: string, body?: string): Promise<KubeAnswer> => {
    const headers = body === undefined ? {} : { 'content-type': CONTENT_TYPES[method] };
    const answer = await request(`${server}${path}`, { method, dispatcher, headers, body: body ?? null });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  return {
    get: (path) => call('GET', path),
    create: (path, object) => call('POST', path, JSON.stringify(object)),
    apply: (path, document) => call('PATCH', `${path}?fieldManager=${FIELD_MANAGER}&force=true`, document),
    close: () => dispatcher.destroy(),
  };
}

/** Whether the server answers `path` with 200. Rejects if the server is unreachable. */
export async function isHealthy(server: string, tls: ClientTls, path: string): Promise<boolean> {
  const client = createKubeClient(server, tls);
  try {
    return (await client.get(path)).status === 200;
  } finally {
    await client.close();
  }
}
