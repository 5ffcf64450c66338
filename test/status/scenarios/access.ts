import { deployment, ended, ingress, LONG_AGO, pod, podEvent, running, slice } from '../objects.ts';
import { deployed, machineIs, type Scenario } from './scenario.ts';

const HOST = { ingressDomain: 'own' };
const PLAIN = { template: undefined, image: 'registry.example.com/tool:1' };

/** A machine whose pod is ready, and the way to it. `ingressDomain: own` stands for a host that no other test has. */
export const ACCESS_SCENARIOS: readonly Scenario[] = [
  {
    reason: 'EndpointsNotReady',
    phase: 'Starting',
    how: 'a ready pod, an endpoint that is not',
    says: /does not lead to it yet/,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => slice(owner, false),
    ),
  },
  {
    reason: 'IngressPending',
    phase: 'Starting',
    how: 'a ready endpoint, no Ingress',
    says: /No Ingress leads/,
    spec: HOST,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => slice(owner),
    ),
  },
  {
    reason: 'IngressPending',
    phase: 'Starting',
    how: 'an Ingress with another host',
    says: /No Ingress leads/,
    spec: HOST,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => slice(owner),
      (owner) => ingress(owner, { host: `former-${owner.host}` }),
    ),
  },
  {
    reason: 'HostConflict',
    phase: 'Failed',
    how: 'an older Ingress with the same host',
    says: /already belongs to the machine a-m/,
    spec: HOST,
    objects: (owner) => [
      ingress(owner, { name: `a-${owner.name}` }),
      deployment(owner),
      pod(owner),
      slice(owner),
      ingress(owner),
    ],
  },
  {
    reason: 'HostConflict',
    phase: 'Failed',
    how: 'an Ingress with the same host, before the own one is made',
    says: /already belongs to the machine a-m/,
    spec: HOST,
    objects: (owner) => [ingress(owner, { name: `a-${owner.name}` }), ...machineIs(running(false))(owner)],
  },
  {
    reason: 'Ready',
    phase: 'Running',
    how: 'a ready endpoint and the own Ingress',
    says: /reached at its host/,
    spec: HOST,
    objects: deployed(
      (owner) => pod(owner),
      (owner) => slice(owner),
      (owner) => ingress(owner),
    ),
  },
  {
    reason: 'Ready',
    phase: 'Running',
    how: 'a ready endpoint, no host; old events and restarts are detail',
    says: /inside the cluster at .* exit code 1, and was restarted/,
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
              ...running(true, { ready: true, lastState: ended('Error', 1) }),
            },
          ],
        },
      }),
      slice(owner),
      podEvent(owner, 'FailedMount', 'mount failed'),
    ],
  },
  {
    reason: 'Ready',
    phase: 'Running',
    how: 'a ready pod that serves no port',
    says: /serves no port/,
    spec: PLAIN,
    objects: deployed((owner) => pod(owner)),
  },
  {
    reason: 'ContainerStarting',
    phase: 'Starting',
    how: 'an event from before the pod had its node counts no more',
    says: /prepares the volumes/,
    objects: machineIs({ state: { waiting: { reason: 'ContainerCreating' } } }, (owner) =>
      podEvent(owner, 'FailedMount', 'mount failed', LONG_AGO),
    ),
  },
];
