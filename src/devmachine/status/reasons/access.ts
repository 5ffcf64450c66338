import { quote, type ReasonText } from './reason.ts';

/** Reasons for a machine that is not reachable although its pod is ready; see ../diagnosis/access.ts and serving.ts. */
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
  IngressClassMissing: {
    phases: ['Starting'],
    summary:
      'The IngressClass that the Ingress names does not exist. Or the Ingress names none, there is no default IngressClass, and no controller has reported an address.',
    message: ({ ingressClass, host }) =>
      ingressClass === undefined
        ? `No ingress controller serves the host ${host}: its Ingress names no IngressClass, and the cluster has no default one.`
        : `No ingress controller serves the host ${host}: the IngressClass ${ingressClass} does not exist.`,
    hint: 'Set ingress.className to an IngressClass of the cluster. To get one, or a default one, ask an administrator.',
  },
  IngressNotServed: {
    phases: ['Starting'],
    summary:
      'The ingress controller has not reported an address in the status of the Ingress. Settings: `INGRESS_STATUS`, `INGRESS_STATUS_IGNORED_CLASSES`.',
    message: ({ host }) =>
      `The ingress controller does not serve the host ${host} yet: the Ingress has no address in its status.`,
    hint: 'Wait for the ingress controller. If it persists, ask an administrator whether the controller is running. For a controller that never reports an address, the administrator sets INGRESS_STATUS_IGNORED_CLASSES or INGRESS_STATUS.',
  },
  CertificatePending: {
    phases: ['Starting'],
    summary: 'The Certificate for the Ingress is not Ready, or cert-manager is not installed.',
    message: ({ certificate, host, progress, upstreamMessage }) =>
      progress ??
      `The certificate ${certificate} for the host ${host} is not ready: ${quote(upstreamMessage)}`,
    hint: 'Wait for cert-manager. If it persists, check the name and kind in ingress.tls.issuer, and that DNS leads to the host; or ask an administrator whether cert-manager is installed.',
  },
  HostConflict: {
    phases: ['Failed'],
    summary:
      'An older Ingress, of a machine or not, has the same host and competes for it (same IngressClass, or none), or the ingress controller rejected the host.',
    message: ({ host, hostOwner }) => `The host ${host} is already used by ${hostOwner}.`,
    hint: 'Choose another ingressDomain, or remove the host from its current owner.',
  },
} as const satisfies Record<string, ReasonText>;
