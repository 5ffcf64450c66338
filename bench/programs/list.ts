import { Agent } from 'undici';
import type { Cluster } from '../../dev/kube-client.ts';

/** The ceiling of start: lists the paths concurrently, page by page, and parses the responses. */
const { cluster, paths } = JSON.parse(process.argv[2] ?? '') as { cluster: Cluster; paths: string[] };
const agent = new Agent({ connect: { ...cluster.tls }, connections: paths.length });
const origin = cluster.server;

async function list(path: string): Promise<number> {
  let token = '';
  let count = 0;
  do {
    const query = `limit=500${token && `&continue=${encodeURIComponent(token)}`}`;
    const { body } = await agent.request({ origin, path: `${path}?${query}`, method: 'GET' });
    const page = JSON.parse(await body.text());
    count += page.items.length;
    token = page.metadata.continue ?? '';
  } while (token);
  return count;
}

const counts = await Promise.all(paths.map(list));
console.log(JSON.stringify({ count: counts.reduce((sum, count) => sum + count, 0) }));
process.exit();
