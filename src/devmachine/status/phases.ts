/** Each phase of a machine and what it means. `npm run generate` writes them into docs/status.md. */
export const PHASE_SUMMARIES = {
  Pending: 'The operator has not created the Deployment yet.',
  Starting:
    'The machine is not usable yet, or not at the moment. It is expected to become Running by itself.',
  Running: 'The machine is usable: its pod is ready and reachable.',
  Stopping: '`stopped` is true and a pod still exists.',
  Stopped: '`stopped` is true and no pod exists. The disk is kept.',
  Failed: 'The machine does not recover by itself. The hint says what to do.',
  Deleting: 'The machine is being deleted.',
} as const;

export type Phase = keyof typeof PHASE_SUMMARIES;

export const PHASES = Object.keys(PHASE_SUMMARIES) as Phase[];
