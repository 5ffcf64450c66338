import { ingress } from '../ingress-objects.ts';
import {
  AFTER,
  condition,
  deployment,
  endpointSlice,
  NO_PODS,
  type Owner,
  pod,
  pvc,
  quota,
  refusal,
} from '../objects.ts';
import type { Scenario } from './scenario.ts';

/** Changes that the cluster refused half-way, and quotas that have room again. */

/** The operator's condition, which does not say why. */
const UPGRADE_FAILED = [
  condition('Deployed', 'True', 'InstallSuccessful'),
  condition('ReleaseFailed', 'True', 'UpgradeError', 'upgrade failed; rollback required', AFTER),
];

/** A machine with the Deployment of its former spec, whose pod and Service still answer. */
const former = (owner: Owner) => [deployment(owner, { digest: 'former' }), pod(owner), endpointSlice(owner)];

const refused = (scenario: Omit<Scenario, 'phase'>): Scenario => ({
  phase: 'Failed',
  conditions: UPGRADE_FAILED,
  ...scenario,
});

// No other object in the namespace of the scenarios is of this kind.
const RESOURCE = 'count/cronjobs.batch';
const exceeded = ({ name }: Owner, requested: string) =>
  `exceeded quota: ${name}-quota, requested: ${RESOURCE}=${requested}, used: ${RESOURCE}=4, limited: ${RESOURCE}=4`;

/** A machine whose pod was refused because of a quota, which now has used this much. */
const podRefused = (used: string, requested: string) => (owner: Owner) => [
  deployment(owner, {
    status: {
      ...NO_PODS,
      conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', exceeded(owner, requested))],
    },
  }),
  quota(owner, { [RESOURCE]: '4' }, { [RESOURCE]: used }),
];

export const REFUSED_SCENARIOS: readonly Scenario[] = [
  refused({
    reason: 'ReleaseFailed',
    cause: "a failed upgrade, the reporter's event about the present spec, the former pod answers",
    message: /could not apply the machine's spec: admission webhook "x" denied the request: no\.$/,
    url: true,
    spec: { ingressDomain: 'own' },
    objects: (owner) => [
      ...former(owner),
      ingress(owner),
      refusal(owner, 'admission webhook "x" denied the request: no'),
    ],
  }),
  refused({
    reason: 'QuotaExceeded',
    cause: "a failed upgrade, the reporter's event about a quota",
    message: /no room for the machine: ingresses "x" is forbidden: exceeded quota: none,/,
    objects: (owner) => [
      ...former(owner),
      refusal(owner, 'ingresses "x" is forbidden: exceeded quota: none, used: x=1'),
    ],
  }),
  refused({
    reason: 'HostConflict',
    cause: "a failed upgrade, the reporter's event about a host",
    message: /dev\.example\.com is already used/,
    objects: (owner) => [
      ...former(owner),
      refusal(owner, 'host "dev.example.com" and path "/" is already defined in ingress a/b'),
    ],
  }),
  refused({
    reason: 'DiskConflict',
    cause: "a failed upgrade, the reporter's event about a disk that is being deleted",
    message: /is still being deleted/,
    objects: (owner) => [
      ...former(owner),
      refusal(owner, 'PersistentVolumeClaim x-disk is still being deleted'),
    ],
  }),
  refused({
    reason: 'ReleaseFailed',
    cause: "a failed upgrade, the reporter's event about an earlier spec",
    message: /rollback required\. The Ingress .* does not exist\.$/,
    spec: { ingressDomain: 'own' },
    objects: (owner) => [...former(owner), refusal(owner, 'stale words', 'earlier')],
  }),
  refused({
    reason: 'ReleaseFailed',
    cause: 'a failed upgrade of the Deployment alone',
    message: /rollback required\. The Deployment .* still has the former spec\.$/,
    objects: former,
  }),
  refused({
    reason: 'ReleaseFailed',
    cause: 'a failed upgrade, a disk that is too small',
    message: /The PersistentVolumeClaim .*-disk requests 20Gi instead of 20\.5Gi\.$/,
    spec: { storage: { size: '20.5Gi' } },
    objects: (owner) => [...former(owner), pvc(owner)],
  }),
  refused({
    reason: 'QuotaExceeded',
    cause: 'a failed upgrade, no Service and a full quota of Services',
    message:
      /The Service .* does not exist, and the ResourceQuota .*-quota has no room for it \(services: 0 of 0 used\)/,
    objects: (owner) => [
      deployment(owner, { digest: 'former' }),
      quota(owner, { services: '0' }, { services: '0' }),
    ],
  }),
  {
    reason: 'QuotaExceeded',
    phase: 'Failed',
    cause: 'ReplicaFailure about a quota that is still full',
    message: /^The namespace's ResourceQuota has no room for the machine/,
    hint: /raise the quota/,
    objects: podRefused('3', '2'),
  },
  {
    reason: 'QuotaExceeded',
    phase: 'Failed',
    cause: 'ReplicaFailure about a quota that has room again',
    message: /^The ResourceQuota .*-quota has room again, .* refused: exceeded quota/,
    hint: /^Restart the machine/,
    objects: podRefused('3', '1'),
  },
  {
    reason: 'QuotaExceeded',
    phase: 'Failed',
    cause: 'ReplicaFailure about a quota that was deleted',
    message: /^The ResourceQuota .*-quota no longer exists, /,
    hint: /^Restart the machine/,
    objects: (owner) => podRefused('0', '1')(owner).slice(0, 1),
  },
];
