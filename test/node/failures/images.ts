import { SLOW_IMAGE } from '../support/faulty-servers.ts';
import { hasCondition } from '../support/reports.ts';
import {
  BUSYBOX,
  CRASH_LOOP,
  type Failure,
  failed,
  hasEnded,
  SERVES,
  SMALL,
  starting,
  waits,
} from './failure.ts';

const PULL_FAILED = waits(/^(ErrImagePull|ImagePullBackOff)$/);
const START_FAILED = waits(/^(CreateContainerConfigError|RunContainerError|CrashLoopBackOff)$/);

/** Images that the node cannot get or start. */
export const imageFailures = (deletedImage: string): readonly Failure[] => [
  {
    cause: 'the registry of the image cannot be found',
    spec: { ...SMALL, image: 'registry.invalid/machine:1' },
    steps: [starting('ImagePullFailed', /registry\.invalid/, PULL_FAILED)],
  },
  {
    cause: 'the registry no longer has the digest of the image',
    spec: { ...SMALL, image: deletedImage },
    steps: [failed('ImagePullFailed', /not found/, PULL_FAILED)],
  },
  {
    cause: 'the registry is slow',
    spec: { ...SERVES, image: SLOW_IMAGE },
    steps: [
      starting('PullingImage', /slow:1 is being pulled/, ({ reason }) => reason === 'Pulling'),
      { phase: 'Running', reason: 'Ready', message: /reachable/, isReported: hasCondition('Ready', 'True') },
    ],
  },
  {
    cause: 'the image is for another architecture',
    spec: { ...SMALL, image: 'registry.example.com/foreign:1', command: ['/program'] },
    // Only the log says "exec format error".
    steps: [failed('ContainerCrashing', /exit code 1 \(Error\)/, CRASH_LOOP)],
  },
  {
    cause: 'the image does not contain the command',
    spec: { ...SMALL, command: ['no-such-command'] },
    steps: [failed('ContainerStartFailed', /no-such-command.*not found/, START_FAILED)],
  },
  {
    cause: 'the image runs as root',
    spec: { cpu: '50m', memory: '64Mi', image: BUSYBOX, command: ['sleep', '1000'] },
    steps: [failed('ContainerStartFailed', /will run as root/, START_FAILED)],
  },
  {
    cause: 'the image has no glibc, which VS Code needs',
    spec: { ...SMALL, template: 'vscode-cpu', cpu: '500m', memory: '512Mi' },
    steps: [failed('IdeIncompatible', /no such file or directory/, hasEnded('user'))],
  },
];
