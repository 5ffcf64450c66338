import { DevMachineError } from './errors.ts';
import type { MachineWrites } from './machines.ts';
import type { Namespaces } from './namespaces.ts';
import type { MachineObjects } from './objects.ts';
import { GROUP } from './schema/manifest.ts';

/** What somebody does with objects, in the terms of Kubernetes' access rules. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

/** The API group of each resource that callers need rights for. A subresource follows a slash. */
export const RESOURCE_GROUPS = {
  devmachines: GROUP,
  events: '',
  namespaces: '',
  persistentvolumeclaims: '',
  'pods/exec': '',
  'pods/log': '',
  secrets: '',
} as const;

export type Resource = keyof typeof RESOURCE_GROUPS;

export interface Right {
  readonly verb: Verb;
  readonly resource: Resource;
  /** undefined: every namespace that this backend serves. */
  readonly namespace: string | undefined;
}

/** What a request can do in the cluster, with the rights of one account. */
export interface Power {
  readonly machines: MachineWrites;
  readonly objects: MachineObjects;
}

/** Who sent a request, and the power that the request has. */
export interface Caller extends Power {
  /** The user name in the cluster; undefined if nobody is asked who they are. */
  readonly name: string | undefined;
  /** How often a long-lived request must call `authorize` again, in ms; undefined: never. */
  readonly recheckMs: number | undefined;
  /**
   * Rejects with forbidden if the caller lacks the right, and with unauthenticated if the credentials are no longer valid.
   * Returns undefined, without a promise, if the right was confirmed recently.
   */
  authorize(right: Right): Promise<void> | undefined;
  /** Those of `all` in which the caller may list machines. Rejects with unauthenticated. */
  namespaces(all: Namespaces): Promise<Namespaces>;
}

/**
 * The port between src/http and src/kube that turns an Authorization header into a caller. Neither method takes an abort
 * signal: concurrent requests share one question to the cluster, which has a deadline of its own.
 */
export interface Callers {
  /** The caller, if the cluster confirmed the header recently. Never asks the cluster. */
  known(authorization: string | undefined): Caller | undefined;
  /** Asks the cluster, if need be. Rejects with unauthenticated. */
  authenticate(authorization: string | undefined): Promise<Caller>;
}

/** Callers of whom nothing is asked: every request has this power. */
export function anyCaller({ machines, objects }: Power): Callers {
  const caller: Caller = {
    name: undefined,
    machines,
    objects,
    recheckMs: undefined,
    authorize: () => undefined,
    namespaces: async (all) => all,
  };
  return { known: () => caller, authenticate: async () => caller };
}

/** The error for a caller who lacks a right, in the words of the API server. */
export function forbidden(name: string, { verb, resource, namespace }: Right): DevMachineError {
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return new DevMachineError(
    'forbidden',
    `User "${name}" cannot ${verb} resource "${resource}" in API group "${RESOURCE_GROUPS[resource]}" ${scope}.`,
  );
}
