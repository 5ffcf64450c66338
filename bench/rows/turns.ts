import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { type Backend, startBackend } from '../backend.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { LOAD } from '../cores.ts';
import { profileFlags } from '../profile.ts';
import { runProgram } from '../programs.ts';
import { atMost, type Measured, ms } from '../result.ts';
import { describe, type Row, withDependents } from './row.ts';

const READERS = 10_000;
const STREAMS = `${READERS.toLocaleString('en')} streams`;
/** A stream asks its client to return after 2 to 4 s, at random. A client that does not heed it returns at once. */
const RETURNS = [
  [2_000, 'within 2 s'],
  [0, 'at once'],
] as const;
/** Longer than the backend takes to close all of them. */
const CLOSE_MS = 3_000;
const USER = 'bench-backend';

/** The longest turn of the backend's event loop in each phase in which it has to do with all machines. */
export const turns: Row = {
  name: 'turns',
  stages: [withDependents(50_000)],
  async measure({ cluster, rounds, profileDir, progress }, stage): Promise<Measured[]> {
    const { controlPlane } = cluster;
    const kubeconfig = await controlPlane.kubeconfigFor(USER);
    const phases = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      await cluster.allow(USER);
      const flags = profileFlags(profileDir, `turns-${round}`);
      // One more stream tells which event the others resume after.
      const backend = await startBackend(kubeconfig, flags, { MAX_READERS: String(READERS + 1) });
      const record = async (phase: string) => {
        const turn = await backend.longestTurn();
        progress(`round ${round + 1}: ${phase}: ${turn.toFixed(1)} ms`);
        phases.set(phase, [...(phases.get(phase) ?? []), turn]);
      };
      await record('start');
      await listAll(backend);
      await record('list of all, in pages of 500');
      for (const [withinMs, how] of RETURNS) {
        const input = { url: backend.url, readers: READERS, withinMs };
        await runProgram('reconnects', LOAD, input, () => record(`${STREAMS} resume ${how}`));
        // The program has exited, so the kernel has closed all of its connections at once.
        await sleep(CLOSE_MS);
        await record(`${STREAMS} are cut at once${withinMs === 0 ? ', again' : ''}`);
      }
      await resync(cluster, backend);
      await record('resync in which all machines differ');
      await cluster.allowAllButPods(USER);
      await until(async () => (await statusOf(backend)).resources.unknown.includes('Pod'));
      await record('pods may not be read any more');
      await backend.stop();
    }
    return [...phases].map(([phase, ours]) => ({
      title: `longest turn of the event loop, ${describe(stage)}: ${phase}`,
      ours,
      format: ms,
      target: atMost(50, '≤ 50 ms'),
    }));
  },
};

async function listAll({ url }: Backend): Promise<void> {
  let token = '';
  do {
    const query = `limit=500${token && `&continue=${encodeURIComponent(token)}`}`;
    const { body } = await request(`${url}/api/v1/devmachines?${query}`);
    token = ((await body.json()) as { continue?: string }).continue ?? '';
  } while (token);
}

/** Changes all machines while the API server is down: its watches cannot continue, so the backend lists again. */
async function resync(cluster: Cluster, backend: Backend): Promise<void> {
  const memory = await cluster.changeAll();
  await until(async () => {
    const { spec } = await statusOf(backend);
    return spec.memory === memory;
  });
}

interface Status {
  readonly spec: { readonly memory: string };
  readonly resources: { readonly unknown: readonly string[] };
}

/** The status of the last machine in the order of lists. */
async function statusOf({ url }: Backend): Promise<Status> {
  const { body } = await request(`${url}/api/v1/devmachines/status?namespace=team-9&name=m-9989`);
  return (await body.json()) as Status;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}
