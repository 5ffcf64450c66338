import { quote, type ReasonText } from './reason.ts';

/** Reasons for a machine that is running, stopped, being deleted, or whose state is unknown. */
export const LIFECYCLE_REASONS = {
  PartUnknown: {
    phases: ['Pending', 'Starting', 'Stopping'],
    summary:
      'The backend may not read the objects that the status depends on. `resources.unknown` lists their kinds.',
    message: ({ kinds = [] }) =>
      `The state of the machine is unknown: the backend may not read objects of kind ${kinds.join(', ')}.`,
    hint: "Ask an administrator to grant the backend's service account the permissions that docs/status.md lists.",
  },
  Ready: {
    phases: ['Running'],
    summary: 'The machine is running and reachable.',
    message: ({ progress = 'The machine is running.' }) => progress,
    hint: 'Open the machine. It asks for its password (GET /api/v1/devmachines/access), unless an authenticating proxy guards the host.',
  },
  StoppedByUser: {
    phases: ['Stopping', 'Stopped'],
    summary: '`stopped` is true. Stopping: a pod still exists. Stopped: no pod exists.',
    message: ({ progress = 'The machine is stopped because its spec sets stopped.' }) => progress,
    hint: 'Start the machine when you need it again. Its disk is kept.',
  },
  Terminating: {
    phases: ['Deleting'],
    summary: 'The machine is being deleted.',
    message: () => 'The machine is being deleted.',
    hint: "Wait for the operator to delete the machine's objects. If it persists, ask an administrator whether the operator is running.",
  },
  TerminationStuck: {
    phases: ['Deleting'],
    summary:
      "The operator failed to delete the machine's objects, or a finalizer that is not the operator's is all that is left.",
    message: ({ finalizers, upstreamMessage }) =>
      finalizers
        ? `The machine cannot be deleted until another controller removes the finalizer ${finalizers.join(', ')}.`
        : `The operator failed to delete the machine's objects: ${quote(upstreamMessage)}`,
    hint: 'Ask an administrator to fix the cause named in the message, or to remove the finalizer from the machine.',
  },
} as const satisfies Record<string, ReasonText>;
