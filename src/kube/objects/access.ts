import { DevMachineError, notReady } from '../../devmachine/errors.ts';
import type { MachineAccess } from '../../devmachine/objects.ts';
import type { DevMachineSpec } from '../../devmachine/schema/spec.ts';
import { TEMPLATES } from '../../devmachine/schema/templates.ts';
import type { MachineStatus } from '../../devmachine/status/status.ts';
import { asStatus, toDomainError } from '../client/api-errors.ts';
import type { RequestClient } from '../client/transport.ts';
import { MACHINE_LABEL, type Metadata } from '../resources/metadata.ts';

/** Name of the Secret with the machine's password (`devmachine.accessName` in the chart's _names.tpl). */
export const accessName = (machine: string): string => `${machine}-access`;

export const secretPath = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${namespace}/secrets/${name}`;

/** `guard` is that of the machine's Deployment; undefined if there is none, or if the backend may not read it. */
export async function readAccess(
  client: RequestClient,
  status: MachineStatus,
  guard: string | undefined,
  signal: AbortSignal,
): Promise<MachineAccess> {
  const { url } = status;
  if (guard === 'proxy') return { url, kind: 'proxy', password: undefined };
  const password = await readPassword(client, status, signal);
  return { url, kind: kindOf(status.spec), password };
}

/** A machine with a command of its user runs no IDE of the template. One with arguments does, and it has the password. */
function kindOf({ template, command }: DevMachineSpec): MachineAccess['kind'] {
  if (template === undefined || command !== undefined) return 'none';
  return TEMPLATES[template].ide === 'jupyter' ? 'token' : 'password';
}

interface SecretObject {
  readonly metadata: Metadata;
  readonly data?: { readonly password?: string };
}

/** Nothing of the Secret may get into an error: errors are logged. */
async function readPassword(
  client: RequestClient,
  status: MachineStatus,
  signal: AbortSignal,
): Promise<string> {
  const name = accessName(status.name);
  const response = await client.request({ path: secretPath(status.namespace, name), signal });
  if (response.status === 404 && asStatus(response.body)?.details?.kind === 'secrets')
    throw notReady(status, `Its access Secret ${name} does not exist yet.`);
  if (response.status !== 200) throw toDomainError(response);
  const { metadata, data } = response.body as Partial<SecretObject>;
  if (!metadata)
    throw new DevMachineError(
      'cluster-unavailable',
      'The cluster answered with something else than a Secret.',
    );
  if (metadata.labels?.[MACHINE_LABEL] !== status.name || !data?.password)
    throw notReady(status, `The Secret ${name} is not the access Secret of the machine.`);
  return Buffer.from(data.password, 'base64').toString();
}
