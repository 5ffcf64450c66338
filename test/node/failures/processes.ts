import { hasCondition } from '../support/reports.ts';
import { CRASH_LOOP, type Failure, failed, runs, SERVER, shell, starting } from './failure.ts';

/** Processes that end, or do not answer. */
export const PROCESS_FAILURES: readonly Failure[] = [
  {
    cause: 'the process exits with code 3',
    spec: shell('exit 3'),
    steps: [failed('ContainerCrashing', /exit code 3 \(Error\)/, CRASH_LOOP)],
  },
  {
    cause: 'the process exits with code 0',
    spec: shell('exit 0'),
    steps: [failed('ContainerCrashing', /exit code 0 \(Completed\)/, CRASH_LOOP)],
  },
  {
    // With cgroup v1, the kernel kills one process; with v2, the kubelet has it kill all of the container.
    cause: 'the process exceeds the memory limit',
    spec: shell(`exec awk 'BEGIN { for (x = "x"; ; ) x = x x }'`),
    steps: [failed('OutOfMemory', /more memory/, CRASH_LOOP)],
  },
  {
    cause: 'the disk is full',
    spec: { ...shell('cat /dev/zero > "$HOME/file" || exit 28'), storage: { size: '32Mi' } },
    // Only the log says "No space left on device".
    steps: [failed('ContainerCrashing', /exit code 28/, CRASH_LOOP)],
  },
  {
    cause: 'files outside the disk exceed ephemeralStorage',
    spec: {
      ...shell(`dd if=/dev/zero of="$HOME/file" bs=1M count=32; ${SERVER}`),
      ephemeralStorage: '16Mi',
    },
    steps: [
      starting('EphemeralStorageExceeded', /16Mi/, ({ status }) => status?.reason === 'Evicted'),
      {
        phase: 'Running',
        reason: 'Ready',
        message: /previous pod was evicted at .*16Mi/,
        isReported: hasCondition('Ready', 'True'),
      },
    ],
  },
  {
    cause: 'nothing listens on the port',
    spec: shell('exec sleep 1000'),
    steps: [starting('ContainerStarting', /does not answer on its port/, runs('machine'))],
  },
];
