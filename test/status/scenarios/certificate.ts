import { certificate, ISSUER } from '../ingress-objects.ts';
import { condition } from '../objects.ts';
import { atHost, withIngress } from './ingress.ts';
import type { Scenario } from './scenario.ts';

const pending = (cause: string, message: RegExp, options: Parameters<typeof certificate>[1]): Scenario =>
  atHost(
    'CertificatePending',
    'Starting',
    cause,
    message,
    withIngress({ annotations: ISSUER }, [], [(owner) => certificate(owner, options)]),
  );

const NOT_YET = /cert-manager has not issued the certificate m\S+-tls/;

/** A machine whose certificate cert-manager issues. The cluster must serve Certificates. */
export const CERTIFICATE_SCENARIOS: readonly Scenario[] = [
  atHost('CertificatePending', 'Starting', 'no Certificate', NOT_YET, withIngress({ annotations: ISSUER })),
  pending('a Certificate without conditions', NOT_YET, { conditions: [] }),
  pending('a Certificate that is not Ready', /not ready: The ClusterIssuer does not exist\.$/, {
    conditions: [condition('Ready', 'False', 'Issuing', 'The ClusterIssuer does not exist')],
  }),
  pending('a Certificate that was Ready before its last change', NOT_YET, {
    conditions: [{ ...condition('Ready', 'True', 'Ready'), observedGeneration: 0 }],
  }),
  pending('a Certificate for the former host', NOT_YET, { hosts: ['former.example.com'] }),
  atHost(
    'Ready',
    'Running',
    'a Certificate that is Ready',
    /reachable at its host/,
    withIngress({ annotations: ISSUER }, [], [(owner) => certificate(owner)]),
  ),
];
