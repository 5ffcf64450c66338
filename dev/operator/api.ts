import type { Connection, KubeRequest, KubeResponse } from '../../src/kube/client/transport.ts';

/** Said with every write: else what the stand-in writes would be booked on the backend's name. */
const FIELD_MANAGER = 'helm-operator';

/** A kind of objects, as the cluster serves it. */
export interface Resource {
  /** /apis/GROUP/VERSION */
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The few calls that an operator makes itself. They throw what the cluster refuses, but for what is said below. */
export interface Api {
  /** undefined where there is none. */
  get(path: string, query?: Record<string, string>): Promise<unknown>;
  post(path: string, body: unknown): Promise<void>;
  /** False where the object has changed since it was read, or is gone. */
  put(path: string, body: unknown): Promise<boolean>;
  /** Brings these fields in, and leaves the others alone; false where there is no such object. */
  merge(path: string, body: unknown): Promise<boolean>;
  delete(path: string): Promise<void>;
  resource(apiVersion: string, kind: string): Promise<Resource>;
}

export function createApi(connection: Connection): Api {
  const known = new Map<string, Map<string, Resource>>();
  const signal = new AbortController().signal;
  const read = (path: string, query: Record<string, string> = {}) =>
    connection.request({ path, query, signal });
  const write = (method: KubeRequest['method'] & string, path: string, body: unknown, type = 'json') =>
    connection.request({
      method,
      path,
      query: { fieldManager: FIELD_MANAGER },
      body,
      contentType: `application/${type}`,
      signal,
    });

  return {
    get: async (path, query) => {
      const reply = await read(path, query);
      return reply.status === 404 ? undefined : accepted(reply).body;
    },
    post: async (path, body) => void accepted(await write('POST', path, body)),
    put: async (path, body) => {
      const reply = await write('PUT', path, body);
      return reply.status !== 409 && reply.status !== 404 && accepted(reply) !== undefined;
    },
    merge: async (path, body) => {
      const reply = await write('PATCH', path, body, 'strategic-merge-patch+json');
      // Kubernetes knows how the lists of its own types are merged, and nobody else's.
      const last = reply.status === 415 ? await write('PATCH', path, body, 'merge-patch+json') : reply;
      return last.status !== 404 && accepted(last) !== undefined;
    },
    delete: async (path) => {
      const reply = await connection.request({ method: 'DELETE', path, signal });
      if (reply.status !== 404) accepted(reply);
    },
    resource: async (apiVersion, kind) => {
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const kinds = known.get(root) ?? (await discover(root));
      const found = kinds.get(kind);
      if (!found) throw new Error(`the cluster has no ${kind} in ${apiVersion}`);
      known.set(root, kinds);
      return found;
    },
  };

  async function discover(root: string): Promise<Map<string, Resource>> {
    const { resources } = accepted(await read(root)).body as {
      resources: { name: string; kind: string; namespaced: boolean }[];
    };
    return new Map(
      resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced }) => [kind, { root, plural: name, namespaced }]),
    );
  }
}

/** Path of an object, or without a name that of its collection. */
export function pathIn({ root, plural, namespaced }: Resource, namespace: string, name?: string): string {
  const scope = namespaced ? `/namespaces/${namespace}` : '';
  return `${root}${scope}/${plural}${name === undefined ? '' : `/${name}`}`;
}

function accepted(reply: KubeResponse): KubeResponse {
  if (reply.status < 300) return reply;
  const message = (reply.body as { message?: string }).message ?? String(reply.body);
  throw new Error(`${message} (${reply.status})`);
}
