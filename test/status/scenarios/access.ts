import { ingress } from '../ingress-objects.ts';
import { deployment, endpointSlice, LONG_AGO, pod, podEvent, running, terminated } from '../objects.ts';
import { deployed, machineIs, type Scenario } from './scenario.ts';

const HOST = { ingressDomain: 'own' };
const PLAIN = { template: undefined, image: 'registry.example.com/tool:1' };

/** A machine whose pod is ready: is it reachable? `ingressDomain: own` stands for a host that no other test uses. */
export const ACCESS_SCENARIOS: readonly Scenario[] = [
  {
    reason: 'EndpointsNotReady',
    phase: 'Starting',
    cause: 'a ready pod whose endpoint is not ready',
    message: /no ready endpoint yet/,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => endpointSlice(owner, false),
    ),
  },
  {
    reason: 'IngressPending',
    phase: 'Starting',
    cause: 'a ready endpoint, no Ingress',
    message: /No Ingress routes/,
    spec: HOST,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => endpointSlice(owner),
    ),
  },
  {
    reason: 'IngressPending',
    phase: 'Starting',
    cause: 'an Ingress with another host',
    message: /No Ingress routes/,
    spec: HOST,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => endpointSlice(owner),
      (owner) => ingress(owner, { host: `former-${owner.host}` }),
    ),
  },
  {
    reason: 'HostConflict',
    phase: 'Failed',
    cause: 'an older Ingress with the same host',
    message: /already used by the machine a-m/,
    spec: HOST,
    objects: (owner) => [
      ingress(owner, { name: `a-${owner.name}` }),
      deployment(owner),
      pod(owner),
      endpointSlice(owner),
      ingress(owner),
    ],
  },
  {
    reason: 'HostConflict',
    phase: 'Failed',
    cause: 'an Ingress with the same host, before the machine has its own',
    message: /already used by the machine a-m/,
    spec: HOST,
    objects: (owner) => [ingress(owner, { name: `a-${owner.name}` }), ...machineIs(running(false))(owner)],
  },
  {
    reason: 'Ready',
    phase: 'Running',
    cause: 'a ready endpoint and an Ingress with the host',
    message: /reachable at its host/,
    spec: HOST,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => endpointSlice(owner),
      (owner) => ingress(owner),
    ),
  },
  {
    reason: 'Ready',
    phase: 'Running',
    cause: 'a ready endpoint, no host; earlier events and restarts do not count',
    message: /inside the cluster at .* exit code 1, and was restarted/,
    objects: (owner) => [
      deployment(owner),
      pod(owner, {
        status: {
          containerStatuses: [
            {
              name: 'machine',
              image: 'x',
              imageID: '',
              restartCount: 2,
              ...running(true, { ready: true, lastState: terminated('Error', 1) }),
            },
          ],
        },
      }),
      endpointSlice(owner),
      podEvent(owner, 'FailedMount', 'mount failed'),
    ],
  },
  {
    reason: 'Ready',
    phase: 'Running',
    cause: 'a ready pod after an eviction',
    message: /serves no port\. Its previous pod was evicted at .*: The node was low on resource: memory\.$/,
    spec: PLAIN,
    objects: deployed(
      (owner) => pod(owner),
      (owner) =>
        pod(owner, {
          suffix: 'previous',
          status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
        }),
    ),
  },
  {
    reason: 'Ready',
    phase: 'Running',
    cause: 'a ready pod without a port',
    message: /serves no port/,
    spec: PLAIN,
    objects: deployed((owner) => pod(owner)),
  },
  {
    reason: 'ContainerStarting',
    phase: 'Starting',
    cause: 'an event from before the pod had its node does not count',
    message: /preparing the machine's volumes/,
    objects: machineIs({ state: { waiting: { reason: 'ContainerCreating' } } }, (owner) =>
      podEvent(owner, 'FailedMount', 'mount failed', LONG_AGO),
    ),
  },
];
