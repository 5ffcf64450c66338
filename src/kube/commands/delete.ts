import { machineNotFound } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import type { Connection, KubeResponse } from '../client/transport.ts';
import { machinePath } from '../resources/devmachine.ts';
import { getMachine } from './create.ts';

export interface Deleted {
  readonly uid: string;
  /** undefined: that machine is gone for good. */
  readonly reply: KubeResponse | undefined;
}

/** Deletes the machine that is there now, and no later one of its name: so it can be repeated safely. */
export async function deleteMachine(
  connection: Connection,
  key: MachineKey,
  signal: AbortSignal,
): Promise<Deleted> {
  const live = await getMachine(connection, key, signal);
  if (!live) throw machineNotFound(key);
  const { uid } = live.metadata;
  const reply = await requestDeletion(connection, key, { uid }, { repeatable: true, signal });
  const isGone = reply.status === 404 || reply.status === 409;
  return { uid, reply: isGone ? undefined : reply };
}

export interface DeletePreconditions {
  readonly uid: string;
  readonly resourceVersion?: string;
}

/** A reply of 409: the machine is no longer the one of `preconditions`, and nothing has happened. */
export const requestDeletion = (
  connection: Connection,
  key: MachineKey,
  preconditions: DeletePreconditions,
  { repeatable, signal }: { readonly repeatable: boolean; readonly signal: AbortSignal },
): Promise<KubeResponse> =>
  connection.request({
    method: 'DELETE',
    path: machinePath(key),
    contentType: 'application/json',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
    repeatable,
    signal,
  });
