import { NOBODY_S3, REFUSING_S3, SILENT_S3 } from '../support/faulty-servers.ts';
import { hasCondition } from '../support/reports.ts';
import { CRASH_LOOP, type Failure, failed, runs, SERVES, starting, waits } from './failure.ts';

const KEYS = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'keys' },
  stringData: { accessKeyId: 'user', secretAccessKey: 'wrong' },
};
const withSecret = (name: string, key: string) => ({
  ...SERVES,
  env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name, key } } }],
});
const withMount = (mount: object) => ({
  ...SERVES,
  mounts: [{ name: 'data', mountPath: '/data', ...mount }],
});
const withBucket = (endpoint: string) =>
  withMount({ type: 's3', s3: { bucket: 'data', endpoint, secretName: 'keys' } });
const CONFIG_ERROR = waits(/^CreateContainerConfigError$/);
const UNSCHEDULED = hasCondition('PodScheduled', 'False');

/** What the machine needs is missing: Secrets, buckets, room on nodes, disks. */
export const SURROUNDINGS_FAILURES: readonly Failure[] = [
  {
    cause: 'a Secret in env does not exist',
    spec: withSecret('tokens', 'token'),
    steps: [failed('SecretMissing', /secret "tokens" not found/, CONFIG_ERROR)],
  },
  {
    cause: 'a Secret in env does not have the key',
    spec: withSecret('keys', 'token'),
    objects: [KEYS],
    steps: [failed('SecretMissing', /couldn't find key token/, CONFIG_ERROR)],
  },
  {
    cause: 'a Secret in mounts does not exist',
    spec: withMount({ type: 'secret', secret: { name: 'tokens' } }),
    steps: [failed('SecretMissing', /secret "tokens" not found/, ({ reason }) => reason === 'FailedMount')],
  },
  ...[
    { cause: 'the S3 service does not answer', endpoint: SILENT_S3 },
    { cause: "nothing listens at the S3 service's endpoint", endpoint: NOBODY_S3 },
  ].map(({ cause, endpoint }) => ({
    cause,
    spec: withBucket(endpoint),
    objects: [KEYS],
    steps: [starting('ContainerStarting', /s3-fetch-0 is copying a bucket/, runs('s3-fetch-0'))],
  })),
  {
    cause: 'the S3 service refuses the credentials',
    spec: withBucket(REFUSING_S3),
    objects: [KEYS],
    steps: [failed('ContainerCrashing', /s3-fetch-0/, CRASH_LOOP)],
  },
  {
    cause: 'no node is large enough',
    spec: { ...SERVES, cpu: 1000 },
    steps: [starting('Unschedulable', /Insufficient cpu/, UNSCHEDULED)],
  },
  {
    cause: 'the StorageClass does not exist',
    spec: { ...SERVES, storage: { size: '32Mi', storageClassName: 'no-such-class' } },
    steps: [starting('DiskPending', /no-such-class.*unbound/, UNSCHEDULED)],
  },
];
