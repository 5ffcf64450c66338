import type { MachineKey } from '../devmachine/manifest.ts';
import type { Connection, KubeReply } from './connection.ts';
import { machinePath } from './machine-object.ts';

export interface DeletePreconditions {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** A reply of 409: the machine is no longer the one of `preconditions`, and nothing has happened. */
export const deleteMachine = (
  connection: Connection,
  key: MachineKey,
  signal: AbortSignal,
  preconditions?: DeletePreconditions,
): Promise<KubeReply> =>
  connection.request({
    method: 'DELETE',
    path: machinePath(key),
    signal,
    ...(preconditions && {
      contentType: 'application/json',
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
    }),
  });
