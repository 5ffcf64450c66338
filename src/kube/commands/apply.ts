import { FIELD_MANAGER, type MachineKey, toManifest } from '../../devmachine/schema/manifest.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { asStatus, toDomainError } from '../client/api-errors.ts';
import type { KubeResponse, RequestClient } from '../client/transport.ts';
import { asMachineObject, type MachineObject, machinePath } from '../resources/devmachine.ts';

/** An apply changes nothing (409) unless the stored object has this version, and this uid if one is given. */
export interface Precondition {
  readonly uid?: string;
  readonly resourceVersion: string;
}

export interface ApplyOptions {
  readonly dryRun: boolean;
  /** Takes over fields that other managers own. */
  readonly force?: boolean;
  /** Safe to retry if the outcome is unknown. Defaults to true: the precondition lets an apply take effect only once. */
  readonly retryable?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Applies a spec under this API's field manager. The API server removes fields that the manager applied before and that
 * are missing now, so `spec` is always everything that this API owns.
 */
export function apply(
  client: RequestClient,
  key: MachineKey,
  spec: Partial<DevMachineSpec>,
  precondition: Precondition,
  { dryRun, force = false, retryable = true, signal }: ApplyOptions,
): Promise<KubeResponse> {
  const manifest = toManifest(key, spec);
  return client.request({
    method: 'PATCH',
    path: machinePath(key),
    query: {
      fieldManager: FIELD_MANAGER,
      force: String(force),
      fieldValidation: 'Strict',
      ...(dryRun ? { dryRun: 'All' } : {}),
    },
    contentType: 'application/apply-patch+yaml',
    body: { ...manifest, metadata: { ...manifest.metadata, ...precondition } },
    retryable,
    signal,
  });
}

/** Reads a machine from the API server; undefined if it does not exist. */
export async function getMachine(
  client: RequestClient,
  key: MachineKey,
  signal: AbortSignal,
): Promise<MachineObject | undefined> {
  const response = await client.request({ path: machinePath(key), signal });
  if (response.status === 200) return asMachineObject(response.body);
  if (response.status === 404 && asStatus(response.body)?.details?.kind) return undefined;
  throw toDomainError(response);
}
