/** What a machine is doing, in one word. */
export const PHASES = [
  'Pending',
  'Starting',
  'Running',
  'Stopping',
  'Stopped',
  'Failed',
  'Deleting',
] as const;

export type Phase = (typeof PHASES)[number];
