import { join } from 'node:path';
import { request } from 'undici';
import { startBackend } from '../backend.ts';
import { SERVER } from '../cores.ts';
import { CONNECTIONS, loadReads, type ReadMeasurements } from '../load.ts';
import { profileFlags } from '../profile.ts';
import { startServer } from '../programs.ts';
import { inRounds, median, medianRatio } from '../statistics.ts';
import { machinesOnly, type Row } from './row.ts';

const STATIC = join(import.meta.dirname, '../programs/static.ts');

/** Status reads, against a bare Fastify route that returns a string of the same size. */
export const reads: Row = {
  name: 'reads',
  stages: [machinesOnly(10_000)],
  async measure({ cluster, rounds, profileDir, progress }, { machines }) {
    const backend = await startBackend(cluster.controlPlane.kubeconfig, profileFlags(profileDir, 'reads'));
    const { body } = await request(`${backend.url}/api/v1/devmachines/status?namespace=team-7&name=m-7`);
    const text = await body.text();
    const ceiling = await startServer(
      SERVER,
      [STATIC, JSON.stringify({ text: 'x'.repeat(text.length) })],
      {},
    );
    const [ours = [], theirs = []] = await inRounds(rounds, [
      () => loadReads(backend, machines),
      () => loadReads(ceiling, machines),
    ]);
    await backend.stop();
    await ceiling.stop();
    progress(`ours    ${show(ours)}\nceiling ${show(theirs)}`);
    const rates = [ours, theirs].map((side) => side.map(({ perSecond }) => perSecond)) as [
      number[],
      number[],
    ];
    const tails = [ours, theirs].map((side) => side.map(({ p99 }) => p99)) as [number[], number[]];
    const [rate, tail] = [medianRatio(...rates), medianRatio(...tails)];
    return [
      {
        title: `status reads per second, ${text.length} bytes, ${CONNECTIONS} connections`,
        ours: perSecond(rates[0]),
        ceiling: perSecond(rates[1]),
        ratio: rate.toFixed(2),
      },
      {
        title: 'p99 of these reads',
        ours: ms(tails[0]),
        ceiling: ms(tails[1]),
        ratio: tail.toFixed(2),
      },
    ];
  },
};

export const perSecond = (values: readonly number[]): string =>
  Math.round(median(values)).toLocaleString('en');
export const ms = (values: readonly number[]): string => `${median(values).toFixed(2)} ms`;

export const show = (measurements: readonly ReadMeasurements[]): string =>
  measurements
    .map(
      ({ perSecond, p99, loadBusy, serverBusy }) =>
        `${Math.round(perSecond)}/s, ${Math.round(perSecond / serverBusy)} per busy second, p99 ${p99.toFixed(2)} ms (server ${percent(serverBusy)}, load ${percent(loadBusy)})`,
    )
    .join(' | ');

const percent = (share: number) => `${Math.round(100 * share)} %`;
