import { randomUUID } from 'node:crypto';
import { RESOURCE_GROUPS, type Right } from '../../devmachine/caller.ts';
import { DevMachineError } from '../../devmachine/errors.ts';
import { toDomainError } from '../client/api-errors.ts';
import type { KubeResponse, RequestClient } from '../client/transport.ts';

/** Questions that every authenticated account may ask the API server about itself. `client` bears the account's token. */

const IDENTITY = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
const IDENTITY_PATH = `/apis/${IDENTITY.apiVersion}/selfsubjectreviews`;

/** The name of the account; undefined if the cluster takes it for anonymous. */
export async function whoIs(client: RequestClient, signal: AbortSignal): Promise<string | undefined> {
  const response = await post(client, IDENTITY_PATH, IDENTITY, signal);
  const { status } = response.body as { status?: { userInfo?: { username?: string } } };
  const name = status?.userInfo?.username;
  return name === 'system:anonymous' ? undefined : name;
}

/** Whether the account has a right. */
export async function isAllowed(
  client: RequestClient,
  { verb, resource, namespace = '' }: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const group = RESOURCE_GROUPS[resource];
  const [kind, subresource] = resource.split('/');
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { verb, group, resource: kind, subresource, namespace } },
  };
  const response = await post(client, `/apis/${review.apiVersion}/selfsubjectaccessreviews`, review, signal);
  return (response.body as { status?: { allowed?: boolean } }).status?.allowed === true;
}

/**
 * Throws unless the cluster refuses a token that does not exist. Something between here and the API server that
 * authenticates requests by itself, such as `kubectl proxy`, would give its rights to every caller.
 */
export async function checkTokensCount(client: RequestClient, signal: AbortSignal): Promise<void> {
  const authorization = `Bearer ${randomUUID()}`;
  const response = await send(client, IDENTITY_PATH, IDENTITY, signal, authorization);
  if (response.status === 401) return;
  throw new DevMachineError(
    'cluster-unavailable',
    'The way to the cluster does not check tokens: it may authenticate every request by itself, as `kubectl proxy` does. No caller is admitted.',
    { cause: response.body },
  );
}

async function post(
  client: RequestClient,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<KubeResponse> {
  const response = await send(client, path, body, signal);
  if (response.status === 201) return response;
  const error = toDomainError(response);
  throw response.status === 403 ? mayNotAsk(error) : error;
}

const send = (
  client: RequestClient,
  path: string,
  body: object,
  signal: AbortSignal,
  authorization?: string,
): Promise<KubeResponse> =>
  client.request({
    method: 'POST',
    path,
    body,
    contentType: 'application/json',
    retryable: true,
    signal,
    ...(authorization !== undefined && { authorization }),
  });

const mayNotAsk = (cause: DevMachineError): DevMachineError =>
  new DevMachineError(
    'forbidden',
    `The account may not ask the cluster about its own rights. An administrator can bind it to the ClusterRole system:basic-user. ${cause.message}`,
    { cause },
  );
