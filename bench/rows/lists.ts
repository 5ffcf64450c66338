import { request } from 'undici';
import { startBackend } from '../backend.ts';
import { SERVER } from '../cores.ts';
import { loadLists } from '../load.ts';
import { profileFlags } from '../profile.ts';
import { startStatic } from '../programs.ts';
import { ms } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { machinesOnly, type Row } from './row.ts';

const PER_SECOND = 1_000;
const PATH = '/api/v1/devmachines';
const QUERY = '?namespace=team-7&limit=25';

/** Lists at a fixed rate, against a bare Fastify route that returns a string of the same size. */
export const lists: Row = {
  name: 'lists',
  stages: [machinesOnly(5_000)],
  async measure({ cluster, rounds, profileDir }) {
    const backend = await startBackend(cluster.controlPlane.kubeconfig, profileFlags(profileDir, 'lists'));
    const { body } = await request(`${backend.url}${PATH}${QUERY}`);
    const text = await body.text();
    const ceiling = await startStatic(SERVER, PATH, text.length);
    const [ours = [], theirs = []] = await inRounds(rounds, [
      () => loadLists(backend, PATH + QUERY, PER_SECOND),
      () => loadLists(ceiling, PATH + QUERY, PER_SECOND),
    ]);
    await backend.stop();
    await ceiling.stop();
    const title = `lists of 25 machines out of 5,000, ${text.length.toLocaleString('en')} bytes, ${PER_SECOND.toLocaleString('en')} per second`;
    return [
      {
        title: `CPU time of the server per list: ${title}`,
        ours: ours.map(({ cpuMs }) => cpuMs),
        ceiling: theirs.map(({ cpuMs }) => cpuMs),
        format: ms,
      },
      {
        title: 'p99 of these lists',
        ours: ours.map(({ p99 }) => p99),
        ceiling: theirs.map(({ p99 }) => p99),
        format: ms,
      },
    ];
  },
};
