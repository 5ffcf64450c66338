import { API_VERSION, type DevMachine, KIND } from '../../devmachine/schema/manifest.ts';
import { REASONS } from '../../devmachine/status/reasons.ts';
import type { MachineStatus } from '../../devmachine/status/status.ts';
import { toToken } from '../responses/page-token.ts';

/** The examples of the OpenAPI document. test/http/openapi/examples.test.ts validates them against the schemas. */

export const STATUS_EXAMPLE: MachineStatus = {
  name: 'notebook',
  namespace: 'team-a',
  uid: '0b2f4f3c-3f0e-4f57-9a53-5a8b6f1f7a10',
  generation: 3,
  phase: 'Running',
  ready: true,
  reason: 'Ready',
  message: 'The machine runs.',
  hint: REASONS.Ready.hint,
  since: '2026-05-04T08:15:42Z',
  url: 'https://notebook.dev.example.com/',
  spec: {
    cpu: 4,
    memory: '16Gi',
    gpu: 0,
    template: 'vscode-cpu',
    ingressDomain: 'notebook.dev.example.com',
    storage: { size: '50Gi' },
  },
  conditions: [
    {
      type: 'Deployed',
      status: 'True',
      reason: 'UpgradeSuccessful',
      lastTransitionTime: '2026-05-04T08:15:30Z',
    },
  ],
  resources: {
    pods: [
      {
        name: 'notebook-6c9f7d5b8-x2k4q',
        phase: 'Running',
        ready: true,
        restarts: 0,
        node: 'node-7',
        createdAt: '2026-05-04T08:15:31Z',
        deleting: false,
      },
    ],
    disk: {
      name: 'notebook-disk',
      phase: 'Bound',
      size: '50Gi',
      storageClassName: 'standard',
      deleting: false,
    },
    ingress: { name: 'notebook', hosts: ['notebook.dev.example.com'], tls: true, deleting: false },
    unknown: [],
  },
  restarts: 0,
  restartPending: false,
  deleting: false,
};

const { name, namespace, uid, generation, spec } = STATUS_EXAMPLE;

export const DEVMACHINE_EXAMPLE: DevMachine = {
  apiVersion: API_VERSION,
  kind: KIND,
  metadata: {
    name,
    namespace,
    uid,
    resourceVersion: '48151',
    generation,
    creationTimestamp: '2026-05-04T08:12:03Z',
  },
  spec,
};

export const TARGET_EXAMPLE = { name, namespace };

const NO_FILTER = { namespace: undefined, phase: undefined, template: undefined };

export const LIST_EXAMPLE = {
  items: [STATUS_EXAMPLE],
  continue: toToken(NO_FILTER, STATUS_EXAMPLE),
  remaining: 1,
};

export const EVENT_STREAM_EXAMPLE = `retry: 2718

event: status
id: unfinished
data: ${JSON.stringify(STATUS_EXAMPLE)}

event: synced
id: kW0c1nD0yT3h.41
data: {}

: heartbeat
id: kW0c1nD0yT3h.41

event: deleted
id: kW0c1nD0yT3h.42
data: ${JSON.stringify({ name, namespace, uid })}

`;
