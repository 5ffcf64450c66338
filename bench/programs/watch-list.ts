import { Agent } from 'undici';
import type { Cluster } from '../../dev/kube-client.ts';
import { readLines } from '../../src/kube/cache/line-reader.ts';

/** Lists the paths concurrently as the first events of a watch, and parses each (`sendInitialEvents`, WatchList). */
const { cluster, paths } = JSON.parse(process.argv[2] ?? '') as { cluster: Cluster; paths: string[] };
const agent = new Agent({ connect: { ...cluster.tls }, connections: paths.length });
const origin = cluster.server;
const QUERY =
  'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=300';

interface Event {
  readonly type: string;
  readonly object: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
}

async function list(path: string): Promise<number> {
  const { body, statusCode } = await agent.request({ origin, path: `${path}?${QUERY}`, method: 'GET' });
  if (statusCode !== 200) throw new Error(`${statusCode}: ${await body.text()}`);
  let count = 0;
  for await (const line of readLines(body)) {
    const { type, object } = JSON.parse(line) as Event;
    if (type === 'ADDED') count++;
    else if (object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true') return count;
    else throw new Error(`an event ${type}`);
  }
  throw new Error('the watch ended before the end of the list');
}

const counts = await Promise.all(paths.map(list));
console.log(JSON.stringify({ count: counts.reduce((sum, count) => sum + count, 0) }));
process.exit();
