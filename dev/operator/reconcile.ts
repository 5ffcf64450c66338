import { deploy } from './deploy.ts';
import { durationMs } from './duration.ts';
import type { ReleaseKey } from './helm.ts';
import { FINALIZER, statusOf } from './machine.ts';
import { listRecords, type ReleaseRecord, readRelease } from './releases.ts';
import { withCondition, withoutCondition } from './status.ts';
import { fail, type Reconciler, type Turn } from './turn.ts';

const PERIOD = 'helm.sdk.operatorframework.io/reconcile-period';

/**
 * One turn of helm-operator for one machine, step by step in its order; resolves to after how many ms the next one is
 * due. What fails is written into the status and then thrown, to be tried again; but for the first two, which only the
 * log tells of.
 */
export async function reconcile(reconciler: Reconciler, key: ReleaseKey): Promise<number | undefined> {
  const { api, machines, watch } = reconciler;
  const machine = await machines.get(key.namespace, key.name);
  if (!machine) return undefined;
  const { spec, metadata } = machine;
  if (!spec) throw new Error('failed to get spec: expected an object');
  const records = await listRecords(api, key);
  refuseForeign(records, watch.chartName);
  const turn = { ...reconciler, key, machine, spec, records };
  if (metadata.deletionTimestamp) {
    await remove(turn);
    return undefined;
  }
  const period = metadata.annotations?.[PERIOD];
  const again = period === undefined ? watch.reconcilePeriodMs : durationMs(period);
  await deploy(turn);
  return again;
}

/** A release of this name that comes from another chart belongs to somebody else. */
function refuseForeign([last]: readonly ReleaseRecord[], ours: string): void {
  if (last === undefined) return;
  const { name, chart } = readRelease(last);
  const theirs = chart.metadata.name;
  if (theirs !== ours)
    throw new Error(
      `duplicate release name: found existing release with name "${name}" for chart "${theirs}"`,
    );
}

async function remove(turn: Turn): Promise<void> {
  const { helm, machines, machine, key, records, log } = turn;
  if (!machine.metadata.finalizers?.includes(FINALIZER)) return;
  let status = statusOf(machine);
  if (records.length > 0) {
    await helm
      .uninstall(key)
      .catch((error: Error) => fail(turn, status, 'ReleaseFailed', 'UninstallError', error.message));
    const { deployedRelease: _, ...rest } = withCondition(status, 'Deployed', 'False', 'UninstallSuccessful');
    status = rest;
  }
  log.info(key, records.length > 0 ? 'uninstalled release' : 'release not found');
  await machines.writeStatus(machine, withoutCondition(status, 'ReleaseFailed'));
  await machines.setFinalizer(machine, false);
}
