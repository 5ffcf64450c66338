import { readFile } from 'node:fs/promises';
import { auditLogOf } from '../../dev/apiserver.ts';
import type { ControlPlane } from '../../dev/control-plane.ts';

/** An event of the API server's audit log: a request that it has authenticated. */
export interface AuditEvent {
  readonly user: { readonly username: string };
  readonly verb: string;
  /** Absent for requests that are not about resources. */
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

/** The requests of a user, or of everybody. The control plane must have been started with `audit`. */
export async function auditEvents({ stateDir }: ControlPlane, user?: string): Promise<AuditEvent[]> {
  const lines = (await readFile(auditLogOf(stateDir), 'utf8')).split('\n');
  // The last line may be incomplete.
  const events = lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEvent);
  return user === undefined ? events : events.filter((event) => event.user.username === user);
}

/** "verb resource.group/subresource", as an RBAC rule needs it. */
export function rightFor({ verb, objectRef }: AuditEvent): string | undefined {
  if (objectRef === undefined) return undefined;
  const { apiGroup, resource, subresource } = objectRef;
  return `${verb} ${resource}${apiGroup ? `.${apiGroup}` : ''}${subresource ? `/${subresource}` : ''}`;
}
