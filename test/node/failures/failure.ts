import type { Reason } from '../../../src/devmachine/status/reasons.ts';
import type { Raw, Step } from '../support/reports.ts';

/** A machine that cannot run, and what its status must say. */
export interface Failure {
  readonly cause: string;
  readonly spec: object;
  /** Objects that the namespace has before. */
  readonly objects?: readonly object[];
  readonly steps: readonly Step[];
}

type IsReported = Step['isReported'];

export const starting = (reason: Reason, message: RegExp, isReported: IsReported): Step => ({
  phase: 'Starting',
  reason,
  message,
  isReported,
});
export const failed = (reason: Reason, message: RegExp, isReported: IsReported): Step => ({
  phase: 'Failed',
  reason,
  message,
  isReported,
});

export const BUSYBOX = 'docker.io/library/busybox:1.37';

/** A machine whose image has little more than a shell. */
export const SMALL = { cpu: '50m', memory: '64Mi', template: 'jupyter-cpu', image: BUSYBOX };

export const shell = (script: string) => ({ ...SMALL, command: ['sh', '-c', script] });

/** Ends at once when it is told to. */
export const SERVER = 'trap exit TERM; httpd -f -p 8888 & wait';
export const SERVES = shell(SERVER);

const containers = ({ status = {} }: Raw): Raw[] => [
  ...(status.initContainerStatuses ?? []),
  ...(status.containerStatuses ?? []),
];

/** Whether a container waits for this reason. */
export const waits = (pattern: RegExp) => (object: Raw) =>
  containers(object).some(({ state }) => pattern.test(state.waiting?.reason ?? ''));

export const runs = (name: string) => (object: Raw) =>
  containers(object).some((one) => one.name === name && one.state.running);

export const hasEnded = (name: string) => (object: Raw) =>
  containers(object).some((one) => one.name === name && (one.state.terminated ?? one.lastState?.terminated));

export const CRASH_LOOP = waits(/^CrashLoopBackOff$/);
