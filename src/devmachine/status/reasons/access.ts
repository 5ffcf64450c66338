import type { ReasonText } from './reason.ts';

/** Reasons for a machine that is not reachable although its pod is ready; see ../diagnosis/access.ts. */
export const ACCESS_REASONS = {
  EndpointsNotReady: {
    phases: ['Starting'],
    summary: 'The pod is ready, but no endpoint of the Service points to it yet.',
    message: () => "The machine's pod is ready, but its Service has no ready endpoint yet.",
    hint: 'Wait; this usually takes seconds. If it persists, restart the machine.',
  },
  IngressPending: {
    phases: ['Starting'],
    summary: 'The Ingress does not exist yet, or does not have the host yet.',
    message: ({ host }) => `No Ingress routes the host ${host} to the machine yet.`,
    hint: 'Wait for the operator to create the Ingress. If somebody deleted it, the operator recreates it within 15 minutes.',
  },
  HostConflict: {
    phases: ['Failed'],
    summary:
      'An older Ingress of another machine has the same host, or the ingress controller rejected the host.',
    message: ({ host, hostOwner }) => `The host ${host} is already used by ${hostOwner}.`,
    hint: 'Choose another ingressDomain, or remove the host from its current owner.',
  },
} as const satisfies Record<string, ReasonText>;
