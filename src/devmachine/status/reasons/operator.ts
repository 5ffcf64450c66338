import { quote, type ReasonText } from './reason.ts';

/** Reasons that come from the operator and the Deployment controller; see ../diagnosis/operator.ts. */
export const OPERATOR_REASONS = {
  AwaitingOperator: {
    phases: ['Pending', 'Starting', 'Stopping'],
    summary:
      'The operator has not created the Deployment from the current spec yet, or the Deployment controller has not processed it yet.',
    message: ({ progress = "The operator has not applied the last change of the machine's spec yet." }) =>
      progress,
    hint: 'Wait; this usually takes seconds. If it persists, ask an administrator whether the operator is running.',
  },
  ReleaseFailed: {
    phases: ['Failed'],
    summary:
      'The operator reports the condition `ReleaseFailed` or `Irreconcilable`: it could not apply the spec. The message quotes the cluster, or names what is missing or differs.',
    message: ({ upstreamMessage }) =>
      `The operator could not apply the machine's spec: ${quote(upstreamMessage)}`,
    hint: 'Fix the spec field named in the message. If the message names no field, ask an administrator.',
  },
  QuotaExceeded: {
    phases: ['Failed'],
    summary:
      'A ResourceQuota keeps the operator or the Deployment controller from creating or changing an object of the machine. The message says so once the quota has room again.',
    message: ({
      progress = "The namespace's ResourceQuota has no room for the machine: ",
      upstreamMessage,
    }) => `${progress}${quote(upstreamMessage)}`,
    hint: 'Request less, stop or delete other machines in the namespace, or ask an administrator to raise the quota.',
  },
  PodRefused: {
    phases: ['Failed'],
    summary:
      'The Deployment controller could not create the pod (condition `ReplicaFailure`), for example because of PodSecurity, an admission policy or a missing ServiceAccount.',
    message: ({ upstreamMessage }) =>
      `The cluster refused to create the machine's pod: ${quote(upstreamMessage)}`,
    hint: 'Ask an administrator to change the policy, or to create the object, named in the message.',
  },
} as const satisfies Record<string, ReasonText>;
