import {
  AFTER,
  condition,
  deployment,
  endpointSlice,
  ingress,
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
export type Track = readonly Happening[];
type Happening = { readonly type: 'put' | 'remove' | 'machine'; readonly object: Raw };

/**
 * The watch events of a machine that is created and restarted, while another Ingress with its host comes and goes. Events
 * of one kind are in order; there is no order between kinds. With `stops`, the machine ends up stopped; with `rivalStays`,
 * without its host.
 */
export function life(owner: Owner, { stops = false, rivalStays = false } = {}): Track[] {
  const before = { ...owner, specDigest: 'before' };
  const former = (more: object) => pod(owner, more);
  const next = (more: object = {}) => pod(owner, { suffix: 'b', ...more });
  const toNext = (raw: Raw) => ({
    ...raw,
    endpoints: [{ ...raw.endpoints[0], targetRef: { name: `${owner.name}-b` } }],
  });
  const rival = ingress(owner, { name: 'a-rival' });
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
      put(former({ node: null, conditions: [] })),
      put(former({ machine: waiting('ContainerCreating') })),
      put(former({ machine: running(false) })),
      put(former({})),
      put(former({}), TERMINATING),
      ...(stops
        ? []
        : [put(next({ machine: waiting('ContainerCreating') })), put(next({ machine: running(true) }))]),
      remove(former({})),
      ...(stops ? [] : [put(next())]),
    ),
    track(put(pvc(owner, 'Pending')), put(pvc(owner))),
    track(put(rival), put(ingress(owner)), ...(rivalStays ? [] : [remove(rival)])),
    track(
      put({ ...endpointSlice(owner), endpoints: [] }),
      put(endpointSlice(owner, false)),
      put(endpointSlice(owner)),
      put({ ...endpointSlice(owner), endpoints: [] }),
      ...(stops ? [] : [put(toNext(endpointSlice(owner, false))), put(toNext(endpointSlice(owner)))]),
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
  const change = (scenario: Scenario, version: number, generation: number): Happening => {
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

type Step = (version: number) => Happening;

const track = (...steps: Step[]): Track => steps.map((step, index) => step(index + 1));
const put =
  (raw: Raw, more = {}): Step =>
  (version) => ({ type: 'put', object: stored(raw, version, more) });
const remove =
  (raw: Raw): Step =>
  (version) => ({ type: 'remove', object: stored(raw, version) });
