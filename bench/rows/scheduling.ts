import { type Scheduled, startScheduling } from '../cluster/scheduling.ts';
import { type Measured, ms, seconds } from '../result.ts';
import { inRounds } from '../statistics.ts';
import { machinesOnly, type Row } from './row.ts';

const RUNNING = 5_000;
const NEW = 500;

/**
 * What the anti-affinity of the machines' pods costs the scheduler, against the same pods without it. Each side has a control
 * plane of its own: the pods that already run have the anti-affinity too, or do not.
 */
export const scheduling: Row = {
  name: 'scheduling',
  stages: [machinesOnly(0)],
  async measure({ rounds }) {
    const sides = [await startScheduling(RUNNING, true), await startScheduling(RUNNING, false)];
    try {
      const schedule = sides.map((side) => () => side.schedule(NEW));
      // The first round warms up: the scheduler has then seen all pods that run.
      await inRounds(1, schedule);
      const [ours = [], theirs = []] = await inRounds(rounds, schedule);
      const pods = `${NEW} waiting pods beside ${RUNNING.toLocaleString('en')} running ones`;
      const result = (
        title: string,
        toValue: (scheduled: Scheduled) => number,
        format: Measured['format'],
      ): Measured => ({
        title: `${title}, ${pods}, with / without anti-affinity`,
        ours: ours.map(toValue),
        ceiling: theirs.map(toValue),
        format,
      });
      return [
        result('time until each has a node', (scheduled) => scheduled.seconds, seconds),
        result('CPU time of the scheduler per pod', ({ cpuMs }) => cpuMs, ms),
      ];
    } finally {
      for (const { stop } of sides) await stop();
    }
  },
};
