import { AFTER, condition, deployment, LONG_AGO, NO_PODS, pod } from '../objects.ts';
import { deployed, type Scenario } from './scenario.ts';

const OPERATOR = 'helm.sdk.operatorframework.io/uninstall-release';
const failed = (type: string, reason: string, message: string) => [
  condition('Deployed', 'True', 'InstallSuccessful'),
  condition(type, 'True', reason, message, AFTER),
];
const QUOTA = 'exceeded quota: team, requested: limits.cpu=4, used: limits.cpu=8, limited: limits.cpu=10';

/** What the operator and the Deployment controller have done. */
export const OPERATOR_SCENARIOS: readonly Scenario[] = [
  {
    reason: 'AwaitingOperator',
    phase: 'Pending',
    cause: 'no Deployment',
    message: /not created/,
    objects: () => [],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Starting',
    cause: 'a Deployment rendered from another spec',
    message: /not applied the last change/,
    objects: (owner) => [deployment(owner, { digest: 'another' }), pod(owner)],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Stopping',
    cause: 'stopped, a Deployment rendered from another spec',
    message: /not applied the last change/,
    spec: { stopped: true },
    objects: (owner) => [deployment(owner, { digest: 'another' }), pod(owner)],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Starting',
    cause: 'a Deployment that its controller has not processed',
    message: /has not processed/,
    objects: (owner) => [deployment(owner, { status: { observedGeneration: 0 } })],
  },
  {
    reason: 'AwaitingOperator',
    phase: 'Starting',
    cause: 'a Deployment that was scaled to 0 by hand',
    message: /scaled the machine's Deployment to 0/,
    objects: (owner) => [deployment(owner, { replicas: 0 })],
  },
  {
    reason: 'ReleaseFailed',
    phase: 'Failed',
    cause: 'condition ReleaseFailed, beside Deployed',
    message: /ingressDomain needs a port/,
    conditions: failed('ReleaseFailed', 'UpgradeError', 'execution error: ingressDomain needs a port'),
    objects: deployed((owner) => pod(owner)),
  },
  {
    reason: 'ReleaseFailed',
    phase: 'Failed',
    cause: 'condition Irreconcilable',
    message: /cannot patch/,
    conditions: failed('Irreconcilable', 'ReconcileError', 'cannot patch "x"'),
    objects: () => [],
  },
  {
    reason: 'QuotaExceeded',
    phase: 'Failed',
    cause: 'condition ReleaseFailed about a quota',
    message: /exceeded quota: team/,
    conditions: failed('ReleaseFailed', 'InstallError', `persistentvolumeclaims "x" is forbidden: ${QUOTA}`),
    objects: () => [],
  },
  {
    reason: 'QuotaExceeded',
    phase: 'Failed',
    cause: 'condition ReplicaFailure of the Deployment about a quota',
    message: /exceeded quota: team/,
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
    cause: 'condition ReplicaFailure of the Deployment about PodSecurity',
    message: /violates PodSecurity/,
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
    cause: 'condition ReleaseFailed: the StorageClass does not allow expansion',
    message: /cannot grow/,
    conditions: failed(
      'ReleaseFailed',
      'UpgradeError',
      'storage.size: the disk cannot grow because its StorageClass "x" does not allow expansion.',
    ),
    objects: () => [],
  },
  {
    reason: 'DiskConflict',
    phase: 'Pending',
    cause: 'condition ReleaseFailed: the disk of an earlier machine still exists',
    message: /still being deleted/,
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
    cause: "condition ReleaseFailed: the ingress controller's admission refuses the host",
    message: /dev\.example\.com is already used/,
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
    cause: 'stopped, its pod is terminating',
    message: /is being stopped/,
    spec: { stopped: true },
    objects: (owner) => [deployment(owner, { replicas: 0 }), pod(owner)],
    terminating: ({ name }) => [`${name}-a`],
  },
  {
    reason: 'StoppedByUser',
    phase: 'Stopped',
    cause: 'stopped, no pods',
    message: /is stopped/,
    spec: { stopped: true },
    objects: (owner) => [deployment(owner, { replicas: 0 })],
  },
  {
    reason: 'Terminating',
    phase: 'Deleting',
    cause: "deleted, the operator's finalizer",
    message: /is being deleted/,
    finalizers: [OPERATOR, 'example.com/other'],
    delete: true,
    objects: deployed((owner) => pod(owner)),
  },
  {
    reason: 'TerminationStuck',
    phase: 'Deleting',
    cause: "deleted, only another controller's finalizer",
    message: /example\.com\/hold/,
    finalizers: ['example.com/hold'],
    delete: true,
    objects: () => [],
  },
  {
    reason: 'TerminationStuck',
    phase: 'Deleting',
    cause: 'deleted, condition ReleaseFailed with reason UninstallError',
    message: /failed to delete .* timed out/,
    finalizers: [OPERATOR],
    conditions: [condition('ReleaseFailed', 'True', 'UninstallError', 'timed out', LONG_AGO)],
    delete: true,
    objects: () => [],
  },
];
