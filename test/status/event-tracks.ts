import { ingress } from './ingress-objects.ts';
import {
  AFTER,
  condition,
  deployment,
  endpointSlice,
  NO_PODS,
  type Owner,
  pod,
  podEvent,
  pvc,
  type Raw,
  running,
  waiting,
} from './objects.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { stored, storedMachine, TERMINATING } from './stored.ts';

/** The events of one kind of objects, in order. */
export type Track = readonly TrackEvent[];
type TrackEvent = { readonly type: 'put' | 'remove' | 'machine'; readonly object: Raw };

/**
 * The watch events of a machine that is created and restarted, while another Ingress with its host is created and deleted.
 * Events of one kind are in order; events of different kinds are not. With `stops`, the machine ends up stopped. With
 * `hostConflict`, the other Ingress is not deleted and keeps the host.
 */
export function eventTracks(owner: Owner, { stops = false, hostConflict = false } = {}): Track[] {
  const before = { ...owner, specDigest: 'before' };
  const oldPod = (more: object) => pod(owner, more);
  const newPod = (more: object = {}) => pod(owner, { suffix: 'b', ...more });
  const toNewPod = (raw: Raw) => ({
    ...raw,
    endpoints: [{ ...raw.endpoints[0], targetRef: { name: `${owner.name}-b` } }],
  });
  const otherIngress = ingress(owner, { name: 'a-conflict' });
  return [
    machines(owner, stops),
    track(
      put(deployment(before, { status: { ...NO_PODS, observedGeneration: 0 } })),
      put(deployment(before, { status: NO_PODS })),
      put(deployment(before)),
      put(deployment(owner, { status: NO_PODS })),
      put(stops ? deployment(owner, { replicas: 0 }) : deployment(owner)),
    ),
    track(
      put(oldPod({ node: null, conditions: [] })),
      put(oldPod({ machine: waiting('ContainerCreating') })),
      put(oldPod({ machine: running(false) })),
      put(oldPod({})),
      put(oldPod({}), TERMINATING),
      ...(stops
        ? []
        : [put(newPod({ machine: waiting('ContainerCreating') })), put(newPod({ machine: running(true) }))]),
      remove(oldPod({})),
      ...(stops ? [] : [put(newPod())]),
    ),
    track(put(pvc(owner, 'Pending')), put(pvc(owner))),
    track(
      put(otherIngress),
      put(ingress(owner, { served: false })),
      put(ingress(owner)),
      ...(hostConflict ? [] : [remove(otherIngress)]),
    ),
    track(
      put({ ...endpointSlice(owner), endpoints: [] }),
      put(endpointSlice(owner, false)),
      put(endpointSlice(owner)),
      put({ ...endpointSlice(owner), endpoints: [] }),
      ...(stops ? [] : [put(toNewPod(endpointSlice(owner, false))), put(toNewPod(endpointSlice(owner)))]),
    ),
    track(
      put(podEvent(owner, 'FailedMount', 'mount failed')),
      put(podEvent(owner, 'Pulling', 'Pulling image')),
      remove(podEvent(owner, 'FailedMount', 'mount failed')),
    ),
  ];
}

function machines(owner: Owner, stops: boolean): Track {
  const first: Scenario = { reason: 'Ready', phase: 'Running', cause: '', message: /./, objects: () => [] };
  const own = { ...first, spec: { ingressDomain: 'own', ...(stops ? { stopped: true } : {}) } };
  const change = (scenario: Scenario, version: number, generation: number): TrackEvent => {
    const object = storedMachine(owner, scenario, version);
    return { type: 'machine', object: { ...object, metadata: { ...object.metadata, generation } } };
  };
  const installed = [condition('Deployed', 'True', 'InstallSuccessful')];
  const failed = [...installed, condition('ReleaseFailed', 'True', 'UpgradeError', 'failed once', AFTER)];
  return [
    change({ ...first, spec: { cpu: 1 } }, 1, 1),
    change({ ...first, spec: { cpu: 1 }, conditions: installed }, 2, 1),
    change({ ...own, conditions: installed }, 3, 2),
    change({ ...own, conditions: failed }, 4, 2),
    change({ ...own, conditions: installed }, 5, 2),
  ];
}

type Step = (version: number) => TrackEvent;

const track = (...steps: Step[]): Track => steps.map((step, index) => step(index + 1));
const put =
  (raw: Raw, more = {}): Step =>
  (version) => ({ type: 'put', object: stored(raw, version, more) });
const remove =
  (raw: Raw): Step =>
  (version) => ({ type: 'remove', object: stored(raw, version) });
