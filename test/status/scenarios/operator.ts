import { AFTER, condition, deployment, LONG_AGO, NO_PODS, pod } from '../objects.ts';
import { deployed, type Scenario } from './scenario.ts';

const OPERATOR = 'helm.sdk.operatorframework.io/uninstall-release';
const failed = (type: string, reason: string, message: string) => [
  condition('Deployed', 'True', 'InstallSuccessful'),
  condition(type, 'True', reason, message, AFTER),
];
const QUOTA = 'exceeded quota: team, requested: limits.cpu=4, used: limits.cpu=8, limited: limits.cpu=10';

/** What the operator and those who ask it do. */
export const OPERATOR_SCENARIOS: readonly Scenario[] = [
  {
    reason: 'AwaitingOperator',
    phase: 'Pending',
    how: 'no Deployment',
    says: /not made anything/,
    objects: () => [],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Starting',
    how: 'a Deployment of another spec',
    says: /not followed the last change/,
    objects: (owner) => [deployment(owner, { digest: 'another' }), pod(owner)],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Stopping',
    how: 'stopped, a Deployment of another spec',
    says: /not followed the last change/,
    spec: { stopped: true },
    objects: (owner) => [deployment(owner, { digest: 'another' }), pod(owner)],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Starting',
    how: 'a Deployment that its controller has not seen',
    says: /has yet to follow/,
    objects: (owner) => [deployment(owner, { status: { observedGeneration: 0 } })],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Starting',
    how: 'a Deployment that somebody has scaled to 0',
    says: /scaled the machine's Deployment to 0/,
    objects: (owner) => [deployment(owner, { replicas: 0 })],
  },
  {
    reason: 'ReleaseFailed',
    phase: 'Failed',
    how: 'condition ReleaseFailed, beside Deployed',
    says: /ingressDomain needs a port/,
    conditions: failed('ReleaseFailed', 'UpgradeError', 'execution error: ingressDomain needs a port'),
    objects: deployed((owner) => pod(owner)),
  },
  {
    reason: 'ReleaseFailed',
    phase: 'Failed',
    how: 'condition Irreconcilable',
    says: /cannot patch/,
    conditions: failed('Irreconcilable', 'ReconcileError', 'cannot patch "x"'),
    objects: () => [],
  },
  {
    reason: 'QuotaExceeded',
    phase: 'Failed',
    how: 'condition ReleaseFailed about a quota',
    says: /exceeded quota: team/,
    conditions: failed('ReleaseFailed', 'InstallError', `persistentvolumeclaims "x" is forbidden: ${QUOTA}`),
    objects: () => [],
  },
  {
    reason: 'QuotaExceeded',
    phase: 'Failed',
    how: 'condition ReplicaFailure of the Deployment about a quota',
    says: /exceeded quota: team/,
    objects: (owner) => [
      deployment(owner, {
        status: {
          ...NO_PODS,
          conditions: [
            condition('ReplicaFailure', 'True', 'FailedCreate', `pods "x" is forbidden: ${QUOTA}`),
          ],
        },
      }),
    ],
  },
  {
    reason: 'PodRefused',
    phase: 'Failed',
    how: 'condition ReplicaFailure of the Deployment about PodSecurity',
    says: /violates PodSecurity/,
    objects: (owner) => [
      deployment(owner, {
        status: {
          ...NO_PODS,
          conditions: [
            condition('ReplicaFailure', 'True', 'FailedCreate', 'violates PodSecurity "restricted"'),
          ],
        },
      }),
    ],
  },
  {
    reason: 'DiskConflict',
    phase: 'Failed',
    how: 'condition ReleaseFailed: the class of the disk does not let it grow',
    says: /cannot grow/,
    conditions: failed(
      'ReleaseFailed',
      'UpgradeError',
      'storage.size: the disk cannot grow, its StorageClass "x" does not allow it.',
    ),
    objects: () => [],
  },
  {
    reason: 'DiskConflict',
    phase: 'Pending',
    how: 'condition ReleaseFailed: the disk of an earlier machine is still there',
    says: /still being deleted/,
    conditions: failed(
      'ReleaseFailed',
      'InstallError',
      'PersistentVolumeClaim x-disk of an earlier machine is still being deleted.',
    ),
    objects: () => [],
  },
  {
    reason: 'HostConflict',
    phase: 'Failed',
    how: "condition ReleaseFailed: the ingress controller's admission refuses the host",
    says: /dev\.example\.com already belongs/,
    conditions: failed(
      'ReleaseFailed',
      'InstallError',
      'admission webhook denied the request: host "dev.example.com" and path "/" is already defined in ingress a/b',
    ),
    objects: () => [],
  },
  {
    reason: 'StoppedByUser',
    phase: 'Stopping',
    how: 'stopped, its pod is ending',
    says: /is being stopped/,
    spec: { stopped: true },
    objects: (owner) => [deployment(owner, { replicas: 0 }), pod(owner)],
    ending: ({ name }) => [`${name}-a`],
  },
  {
    reason: 'StoppedByUser',
    phase: 'Stopped',
    how: 'stopped, no pods',
    says: /is stopped/,
    spec: { stopped: true },
    objects: (owner) => [deployment(owner, { replicas: 0 })],
  },
  {
    reason: 'Terminating',
    phase: 'Deleting',
    how: "deleted, the operator's finalizer",
    says: /is being deleted/,
    finalizers: [OPERATOR, 'example.com/other'],
    delete: true,
    objects: deployed((owner) => pod(owner)),
  },
  {
    reason: 'TerminationStuck',
    phase: 'Deleting',
    how: "deleted, somebody else's finalizer alone",
    says: /example\.com\/hold/,
    finalizers: ['example.com/hold'],
    delete: true,
    objects: () => [],
  },
  {
    reason: 'TerminationStuck',
    phase: 'Deleting',
    how: 'deleted, condition ReleaseFailed with reason UninstallError',
    says: /cannot take away .* timed out/,
    finalizers: [OPERATOR],
    conditions: [condition('ReleaseFailed', 'True', 'UninstallError', 'timed out', LONG_AGO)],
    delete: true,
    objects: () => [],
  },
];
