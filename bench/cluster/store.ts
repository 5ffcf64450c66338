import { Agent } from 'undici';
import type { ControlPlane } from '../../dev/control-plane.ts';
// biome-ignore lint/suspicious/noExplicitAny: objects of several kinds
export type Raw = any;

/** Objects per transaction: etcd accepts 128 operations. */
const BATCH = 100;
const CONNECTIONS = 8;

/**
 * Writes objects directly to etcd, as JSON, which the API server reads like its own encoding. This takes seconds for tens of
 * thousands of objects; requests with admission would take most of the run.
 */
export async function store(
  { etcd, pki }: ControlPlane,
  resource: string,
  objects: Iterable<Raw>,
): Promise<void> {
  const tls = { ca: pki.etcdCa.cert, cert: pki.etcdClient.cert, key: pki.etcdClient.key };
  const agent = new Agent({ connect: tls, connections: CONNECTIONS });
  const batches = inBatches(objects);
  const work = async () => {
    for (const batch of batches) {
      const success = batch.map((object) => ({
        requestPut: { key: base64(keyOf(resource, object)), value: base64(JSON.stringify(object)) },
      }));
      const { statusCode, body } = await agent.request({
        origin: etcd.url,
        path: '/v3/kv/txn',
        method: 'POST',
        body: JSON.stringify({ success }),
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`etcd: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  await agent.close();
}

const keyOf = (resource: string, { metadata: { namespace, name } }: Raw) =>
  `/registry/${resource}/${namespace}/${name}`;

const base64 = (text: string) => Buffer.from(text).toString('base64');

function* inBatches<T>(items: Iterable<T>): Generator<T[], undefined> {
  let batch: T[] = [];
  for (const item of items) {
    if (batch.push(item) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
  return undefined;
}
