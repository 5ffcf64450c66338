import {
  AFTER,
  claim,
  condition,
  deployment,
  ingress,
  NO_PODS,
  type Owner,
  pod,
  podEvent,
  type Raw,
  running,
  slice,
  waiting,
} from './objects.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { ENDING, stored, storedMachine } from './stored.ts';

/** What happens to one kind of objects, in its order. */
export type Track = readonly Happening[];
type Happening = { readonly type: 'put' | 'remove' | 'machine'; readonly object: Raw };

/**
 * A machine from its creation over a restart, with a rival for its host that comes and goes, as the cluster tells of it:
 * each kind in order, and no order between kinds. `stops` ends it stopped; `rivalStays`, with the host lost.
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
      put(former({}), ENDING),
      ...(stops
        ? []
        : [put(next({ machine: waiting('ContainerCreating') })), put(next({ machine: running(true) }))]),
      remove(former({})),
      ...(stops ? [] : [put(next())]),
    ),
    track(put(claim(owner, 'Pending')), put(claim(owner))),
    track(put(rival), put(ingress(owner)), ...(rivalStays ? [] : [remove(rival)])),
    track(
      put({ ...slice(owner), endpoints: [] }),
      put(slice(owner, false)),
      put(slice(owner)),
      put({ ...slice(owner), endpoints: [] }),
      ...(stops ? [] : [put(toNext(slice(owner, false))), put(toNext(slice(owner)))]),
    ),
    track(
      put(podEvent(owner, 'FailedMount', 'mount failed')),
      put(podEvent(owner, 'Pulling', 'Pulling image')),
      remove(podEvent(owner, 'FailedMount', 'mount failed')),
    ),
  ];
}

function machines(owner: Owner, stops: boolean): Track {
  const first: Scenario = { reason: 'Ready', phase: 'Running', how: '', says: /./, objects: () => [] };
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
