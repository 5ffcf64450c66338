import {
  foreignIngress,
  type IngressOptions,
  ISSUER,
  ingress,
  ingressClass,
  ownClass,
} from '../ingress-objects.ts';
import { deployment, endpointSlice, type Owner, pod, type Raw } from '../objects.ts';
import type { Scenario } from './scenario.ts';

type Make = (owner: Owner) => Raw;

/** A machine that is Running as soon as somebody serves its Ingress. `before` are objects that are older than its Ingress. */
export const withIngress =
  (options: IngressOptions | ((owner: Owner) => IngressOptions), before: Make[] = [], after: Make[] = []) =>
  (owner: Owner): Raw[] => [
    ...before.map((make) => make(owner)),
    deployment(owner),
    pod(owner),
    endpointSlice(owner),
    ingress(owner, typeof options === 'function' ? options(owner) : options),
    ...after.map((make) => make(owner)),
  ];

export const atHost = (
  reason: Scenario['reason'],
  phase: Scenario['phase'],
  cause: string,
  message: RegExp,
  objects: Scenario['objects'],
): Scenario => ({ reason, phase, cause, message, objects, spec: { ingressDomain: 'own' } });

const runs = (cause: string, objects: Scenario['objects']): Scenario =>
  atHost('Ready', 'Running', cause, /reachable at its host/, objects);

const inOwnClass = (owner: Owner): IngressOptions => ({ className: ownClass(owner) });
const createClass: Make = (owner) => ingressClass(ownClass(owner));

/** An Ingress that has the machine's host and leads to its Service: does anybody serve it? */
export const INGRESS_SCENARIOS: readonly Scenario[] = [
  atHost(
    'IngressClassMissing',
    'Starting',
    'an Ingress of an IngressClass that does not exist',
    /the IngressClass no-such-class does not exist/,
    withIngress({ className: 'no-such-class' }),
  ),
  atHost(
    'IngressClassMissing',
    'Starting',
    'an Ingress without class or address, no default IngressClass',
    /names no IngressClass/,
    withIngress({ served: false }),
  ),
  atHost(
    'IngressNotServed',
    'Starting',
    'an IngressClass whose controller has not reported an address',
    /has no address in its status/,
    withIngress((owner) => ({ ...inOwnClass(owner), served: false }), [createClass]),
  ),
  atHost(
    'IngressNotServed',
    'Starting',
    'an Ingress with the class in an annotation, without an address',
    /has no address in its status/,
    withIngress({ annotations: { 'kubernetes.io/ingress.class': 'nginx' }, served: false }),
  ),
  runs('an Ingress with class and address', withIngress(inOwnClass, [createClass])),
  atHost(
    'CertificatePending',
    'Starting',
    'an Ingress with an issuer, no Certificate',
    /the certificate m\S+-tls for the host/,
    withIngress({ annotations: ISSUER }),
  ),
  atHost(
    'HostConflict',
    'Failed',
    'an older Ingress with the same host that belongs to no machine',
    /already used by the Ingress app-m/,
    withIngress({}, [(owner) => foreignIngress(owner)]),
  ),
  atHost(
    'HostConflict',
    'Failed',
    'an older Ingress without class, with the same host',
    /already used by the Ingress app-m/,
    withIngress(inOwnClass, [createClass, (owner) => foreignIngress(owner)]),
  ),
  runs(
    'an older Ingress of another class with the same host',
    withIngress(inOwnClass, [createClass, (owner) => foreignIngress(owner, { className: 'other' })]),
  ),
  runs(
    'an older Ingress with the same host and another path',
    withIngress({}, [(owner) => foreignIngress(owner, { path: '/.well-known/acme-challenge/x' })]),
  ),
  runs(
    'an older Ingress with a wildcard host',
    withIngress({}, [
      (owner) => foreignIngress(owner, { host: owner.host.replace(/^[^.]+/, '*'), name: `w-${owner.name}` }),
    ]),
  ),
  runs(
    'a younger Ingress with the same host',
    withIngress({}, [], [(owner) => foreignIngress(owner, { name: `z-${owner.name}` })]),
  ),
];
