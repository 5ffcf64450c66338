import { UNMONITORED } from '../../../src/kube/cache/health.ts';
import { Informer } from '../../../src/kube/cache/informer.ts';
import type { Log } from '../../../src/kube/cache/log.ts';
import type { ClusterClient } from '../../../src/kube/client/client.ts';
import { systemClock } from '../../../src/kube/client/clock.ts';
import { deleteDisk, growDisk, makeDisk } from './disk.ts';
import { type Claim, toBytes, toClaim, toVolume, type Volume, volumeFor, volumeNameOf } from './objects.ts';
import { STORAGE_CLASS } from './storage-class.ts';

const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/persistentvolumeclaims';
const RETRY_MS = 5_000;

export interface ProvisionerOptions {
  readonly client: ClusterClient;
  readonly log: Log;
  /** Holds the disks. */
  readonly folder: string;
  /** The node of the disks. */
  readonly node: string;
}

/**
 * Makes a disk for each claim of the StorageClass whose pod has got the node, grows it with its claim, and deletes it with its
 * claim. Resolves when `signal` is aborted.
 */
export async function provisionDisks(options: ProvisionerOptions, signal: AbortSignal): Promise<void> {
  const { client, log, folder, node } = options;
  const context = { client, log, clock: systemClock, health: UNMONITORED };
  const claims = new Informer({ path: () => CLAIMS, transform: toClaim }, undefined, context);
  const volumes = new Informer({ path: () => VOLUMES, transform: toVolume }, undefined, context);
  let wake = Promise.withResolvers<void>();
  for (const { store } of [claims, volumes]) store.subscribe(() => wake.resolve());
  const watching = [claims.run(signal), volumes.run(signal)];
  const stopped = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );

  /** One claim or volume that fails does not stop the others. Returns whether all is done. */
  const reconcile = async (): Promise<boolean> => {
    const tasks = [
      ...[...claims.store.values()]
        .filter(isOurs)
        .map((claim) => provide(claim, volumes.store.get('', volumeNameOf(claim)))),
      ...[...volumes.store.values()].filter(({ isOurs, isReleased }) => isOurs && isReleased).map(remove),
    ];
    const results = await Promise.allSettled(tasks);
    const failed = results.filter((result) => result.status === 'rejected');
    for (const { reason } of failed) log.warn({ err: reason }, 'a disk is not as its claim asks');
    return failed.length === 0;
  };
  const isOurs = ({ storageClassName, node: selected, isDeleted }: Claim) =>
    storageClassName === STORAGE_CLASS.metadata.name && selected === node && !isDeleted;

  const provide = async (claim: Claim, volume: Volume | undefined) => {
    const bytes = toBytes(claim.size);
    if (volume === undefined) {
      if (claim.volumeName !== undefined) return;
      await makeDisk(folder, volumeNameOf(claim), bytes);
      await send('POST', VOLUMES, volumeFor(claim, folder, node), [201, 409]);
    } else if (bytes > toBytes(volume.size)) {
      await growDisk(folder, volume.name, bytes);
      await send('PATCH', `${VOLUMES}/${volume.name}`, { spec: { capacity: { storage: claim.size } } });
    } else if (claim.reported !== undefined && toBytes(claim.reported) < toBytes(volume.size)) {
      const path = `/api/v1/namespaces/${claim.namespace}/persistentvolumeclaims/${claim.name}/status`;
      await send('PATCH', path, { status: { capacity: { storage: volume.size } } });
    }
  };

  const remove = async ({ name }: Volume) => {
    await deleteDisk(folder, name);
    await send('DELETE', `${VOLUMES}/${name}`, undefined, [200, 404]);
  };

  const send = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, expected = [200]) => {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await client.request({ method, path, body, contentType, signal });
    if (expected.includes(response.status)) return;
    throw new Error(`${method} ${path} was answered with ${response.status}`);
  };

  while (!signal.aborted) {
    await Promise.race([wake.promise, stopped]);
    wake = Promise.withResolvers();
    if (signal.aborted || !claims.synced || !volumes.synced) continue;
    if (await reconcile()) continue;
    await systemClock.sleep(RETRY_MS, signal).catch(() => undefined);
    wake.resolve();
  }
  await Promise.all(watching);
}
