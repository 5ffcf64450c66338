import type { Release, Values } from './helm.ts';
import { statusOf } from './machine.ts';
import {
  deleteStale,
  isDeployed,
  listRecords,
  type ReleaseRecord,
  readRelease,
  versionOf,
} from './releases.ts';
import { repair } from './repair.ts';
import { type Reason, type Status, withCondition, withoutCondition } from './status.ts';
import { fail, type Turn } from './turn.ts';

/**
 *     not installed ──▶ install
 *     the chart renders something else than what is deployed ──▶ upgrade; if that fails, roll back
 *     else ──▶ bring the objects back to what was rendered
 */
export async function deploy(turn: Turn): Promise<void> {
  const { api, key, machine, machines, records, spec, watch } = turn;
  const values = { spec, overrides: watch.overrides };
  const status = withCondition(statusOf(machine), 'Initialized', 'True');
  const record = records.find(isDeployed);
  const candidate = await prepare(turn, values, record).catch((error: Error) =>
    fail(turn, status, 'Irreconcilable', 'ReconcileError', error.message),
  );
  const reconcilable = withoutCondition(status, 'Irreconcilable');
  if (!record || !candidate) return install(turn, values, reconcilable);
  await machines.setFinalizer(machine, true);
  const deployed = readRelease(record);
  if (candidate.manifest !== deployed.manifest) return upgrade(turn, values, reconcilable, versionOf(record));
  // A failing change was taken back: nothing fails any more.
  const settled = withoutCondition(reconcilable, 'ReleaseFailed');
  await repair(api, deployed, machine).catch((error: Error) =>
    fail(turn, settled, 'Irreconcilable', 'ReconcileError', error.message),
  );
  turn.log.info(key, 'reconciled release');
  const reason = deployed.version === 1 ? 'InstallSuccessful' : 'UpgradeSuccessful';
  await machines.writeStatus(machine, withRelease(settled, reason, deployed));
}

/** Tidies up, and renders what an upgrade would deploy. */
async function prepare(
  { api, helm, key, records, watch }: Turn,
  values: Values,
  record: ReleaseRecord | undefined,
): Promise<Release | undefined> {
  await deleteStale(api, records, key.namespace);
  if (!record) return undefined;
  return helm.upgrade(key, watch.chart, values, watch.dryRun).catch((error: Error) => {
    throw new Error(`failed to get candidate release: ${error.message}`);
  });
}

async function install(turn: Turn, values: Values, status: Status): Promise<void> {
  const { helm, key, machine, machines, watch, log } = turn;
  const release = await helm
    .install(key, watch.chart, values)
    .catch(async (error: Error) =>
      fail(turn, status, 'ReleaseFailed', 'InstallError', await undoInstall(turn, error.message)),
    );
  await machines.setFinalizer(machine, true);
  log.info(key, 'installed release');
  const settled = withoutCondition(status, 'ReleaseFailed');
  // This brings about another turn, which gives the objects their owner.
  await machines.writeStatus(machine, withRelease(settled, 'InstallSuccessful', release));
}

/** Leaves nothing behind but what the chart says to keep; returns what to say of it. */
async function undoInstall({ api, helm, key }: Turn, message: string): Promise<string> {
  if ((await listRecords(api, key)).length === 0) return `failed to install release: ${message}`;
  return helm.uninstall(key).then(
    () => `failed to install release: ${message}`,
    (error: Error) => `failed installation (${message}) and failed rollback: ${error.message}`,
  );
}

async function upgrade(turn: Turn, values: Values, status: Status, from: number): Promise<void> {
  const { helm, key, machine, machines, watch, log } = turn;
  const release = await helm
    .upgrade(key, watch.chart, values)
    .catch(async (error: Error) =>
      fail(turn, status, 'ReleaseFailed', 'UpgradeError', await undoUpgrade(turn, from, error.message)),
    );
  log.info(key, 'upgraded release');
  const settled = withoutCondition(status, 'ReleaseFailed');
  await machines.writeStatus(machine, withRelease(settled, 'UpgradeSuccessful', release));
}

/** What went wrong is told by the log alone, once the upgrade had begun. */
async function undoUpgrade({ api, helm, key, log }: Turn, from: number, message: string): Promise<string> {
  const [last] = await listRecords(api, key);
  if (last === undefined || versionOf(last) <= from) return `failed to upgrade release: ${message}`;
  log.warn({ ...key, reason: message }, 'release upgrade failed');
  await helm.rollback(key).catch((err: unknown) => log.warn({ ...key, err }, 'error rolling back release'));
  return 'upgrade failed; rollback required';
}

function withRelease(status: Status, reason: Reason, { name, manifest, info }: Release): Status {
  return {
    ...withCondition(status, 'Deployed', 'True', reason, info.notes),
    deployedRelease: { name, manifest },
  };
}
