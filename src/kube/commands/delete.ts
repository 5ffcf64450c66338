import { machineNotFound } from '../../devmachine/errors.ts';
import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { asStatus, toDomainError } from '../client/api-errors.ts';
import type { KubeResponse, RequestClient } from '../client/transport.ts';
import { asMachineObject, type MachineObject, machinePath } from '../resources/devmachine.ts';
import { getMachine } from './apply.ts';

export interface DeleteResult {
  readonly uid: string;
  /** The machine, if finalizers still hold it; undefined: it is gone. */
  readonly remaining: MachineObject | undefined;
}

/** Deletes the machine that exists now, and never a later one of the same name, so it is safe to retry. */
export async function deleteMachine(
  client: RequestClient,
  key: MachineKey,
  signal: AbortSignal,
): Promise<DeleteResult> {
  const live = await getMachine(client, key, signal);
  if (!live) throw machineNotFound(key);
  const { uid } = live.metadata;
  const response = await requestDeletion(client, key, { uid }, { retryable: true, signal });
  const isGone = response.status === 404 || response.status === 409;
  return isGone ? { uid, remaining: undefined } : toDeleteResult(uid, response);
}

export interface DeletePreconditions {
  readonly uid: string;
  readonly resourceVersion?: string;
}

/** A response of 409 means that the machine no longer meets `preconditions`, and that nothing was deleted. */
export const requestDeletion = (
  client: RequestClient,
  key: MachineKey,
  preconditions: DeletePreconditions,
  { retryable, signal }: { readonly retryable: boolean; readonly signal: AbortSignal },
): Promise<KubeResponse> =>
  client.request({
    method: 'DELETE',
    path: machinePath(key),
    contentType: 'application/json',
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions },
    retryable,
    signal,
  });

/** The API server answers with a Status if the object is gone, and with the object while finalizers hold it. */
export function toDeleteResult(uid: string, response: KubeResponse): DeleteResult {
  if (response.status >= 300) throw toDomainError(response);
  const isGone = asStatus(response.body) !== undefined;
  return { uid, remaining: isGone ? undefined : asMachineObject(response.body) };
}
