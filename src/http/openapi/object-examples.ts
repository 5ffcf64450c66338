import type { MachineAccess } from '../../devmachine/objects.ts';
import { KIND } from '../../devmachine/schema/manifest.ts';
import { STATUS_EXAMPLE } from './examples.ts';

/** The examples of calls about the objects of machines. They belong to the machine of examples.ts. */

const { name, namespace, url, resources } = STATUS_EXAMPLE;

export const ACCESS_EXAMPLE = {
  url,
  kind: 'password',
  password: 'kX3vTq8LrZ0yWm5nBc7JdF2sGh9pAe4u',
} satisfies MachineAccess;

export const TIMELINE_EXAMPLE = {
  items: [
    {
      time: '2026-05-04T08:15:28Z',
      lastTime: '2026-05-04T08:15:28Z',
      count: 1,
      type: 'Normal',
      reason: 'SpecChanged',
      message: 'The field manager devmachine-api last changed the spec.',
      object: { kind: KIND, name },
    },
    {
      time: '2026-05-04T08:15:36Z',
      lastTime: '2026-05-04T08:15:40Z',
      count: 3,
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Startup probe failed: connect: connection refused',
      object: { kind: 'Pod', name: resources.pods[0]?.name ?? '' },
    },
  ],
  incomplete: false,
};

export const DISKS_EXAMPLE = {
  items: [
    {
      name: 'experiment-disk',
      machine: 'experiment',
      size: '100Gi',
      storageClassName: 'standard',
      createdAt: '2026-03-11T14:02:55Z',
    },
  ],
};

export const DISK_EXAMPLE = { name: 'experiment-disk', namespace };

export const NAMESPACES_EXAMPLE = { items: [{ name: 'team-a' }, { name: 'team-b' }], incomplete: false };

export const LOG_EXAMPLE = `Listening on http://0.0.0.0:8080
--- container restarted: OOMKilled, exit 137 ---
Listening on http://0.0.0.0:8080
--- machine stopped ---
`;
