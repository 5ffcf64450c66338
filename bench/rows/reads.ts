import { request } from 'undici';
import { startBackend } from '../backend.ts';
import { SERVER } from '../cores.ts';
import { CONNECTIONS, loadReads, type ReadMeasurements } from '../load.ts';
import { profileFlags } from '../profile.ts';
import { startStatic } from '../programs.ts';
import { ms, perSecond } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { machinesOnly, type Row } from './row.ts';

const PATH = '/api/v1/devmachines/status';

/** Status reads, against a bare Fastify route that returns a string of the same size. */
export const reads: Row = {
  name: 'reads',
  stages: [machinesOnly(10_000)],
  async measure({ cluster, rounds, profileDir, progress }, { machines }) {
    const backend = await startBackend(cluster.controlPlane.kubeconfig, profileFlags(profileDir, 'reads'));
    const { body } = await request(`${backend.url}${PATH}?namespace=team-7&name=m-7`);
    const text = await body.text();
    const ceiling = await startStatic(SERVER, PATH, text.length);
    const [ours = [], theirs = []] = await inRounds(rounds, [
      () => loadReads(backend, machines),
      () => loadReads(ceiling, machines),
    ]);
    await backend.stop();
    await ceiling.stop();
    progress(`ours    ${show(ours)}\nceiling ${show(theirs)}`);
    const [rates = [], bareRates = []] = [ours, theirs].map((side) => side.map((one) => one.perSecond));
    const [tails = [], bareTails = []] = [ours, theirs].map((side) => side.map(({ p99 }) => p99));
    return [
      {
        title: `status reads per second, ${text.length} bytes, ${CONNECTIONS} connections`,
        ours: rates,
        ceiling: bareRates,
        format: perSecond,
      },
      { title: 'p99 of these reads', ours: tails, ceiling: bareTails, format: ms },
    ];
  },
};

export const show = (measurements: readonly ReadMeasurements[]): string =>
  measurements
    .map(
      ({ perSecond, p99, loadBusy, serverBusy }) =>
        `${Math.round(perSecond)}/s, ${Math.round(perSecond / serverBusy)} per busy second, p99 ${p99.toFixed(2)} ms (server ${percent(serverBusy)}, load ${percent(loadBusy)})`,
    )
    .join(' | ');

const percent = (share: number) => `${Math.round(100 * share)} %`;
