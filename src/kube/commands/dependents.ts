import type { MachineKey } from '../../devmachine/schema/manifest.ts';
import { diskName } from '../../devmachine/status/dependents.ts';
import { SPEC_DIGEST_ANNOTATION } from '../../devmachine/status/spec-digest.ts';
import { toDomainError } from '../client/api-errors.ts';
import type { RequestClient } from '../client/transport.ts';
import { type Metadata, ownerUid } from '../resources/metadata.ts';

/**
 * Reads dependents of a machine from the API server. By a list of one name: so the right `list`, which the cache needs as
 * well, is enough. Throws forbidden without it.
 */

/** The digest of the spec that the Deployment of this machine was rendered from; undefined if there is none. */
export async function deployedDigest(
  client: RequestClient,
  { namespace, name }: MachineKey,
  uid: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const deployment = await findByName(client, path, name, signal);
  // An earlier machine of the same name may have left a Deployment that is still being deleted.
  return deployment && ownerUid(deployment) === uid
    ? deployment.annotations?.[SPEC_DIGEST_ANNOTATION]
    : undefined;
}

/** Whether the machine has a disk that Helm keeps when it uninstalls the release. */
export async function keepsDisk(
  client: RequestClient,
  { namespace, name }: MachineKey,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
  const disk = await findByName(client, path, diskName(name), signal);
  return disk?.annotations?.['helm.sh/resource-policy'] === 'keep';
}

async function findByName(
  client: RequestClient,
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<Metadata | undefined> {
  const response = await client.request({ path, query: { fieldSelector: `metadata.name=${name}` }, signal });
  if (response.status !== 200) throw toDomainError(response);
  const { items = [] } = response.body as { items?: readonly { readonly metadata: Metadata }[] };
  return items[0]?.metadata;
}
