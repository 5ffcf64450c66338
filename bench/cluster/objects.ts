import { randomUUID } from 'node:crypto';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import { ingress } from '../../test/status/ingress-objects.ts';
import {
  condition,
  deployment,
  endpointSlice,
  IMAGE,
  LONG_AGO,
  type Owner,
  pod,
  pvc,
} from '../../test/status/objects.ts';
import type { Raw } from './store.ts';

/** The machines are spread over so many namespaces. */
export const NAMESPACES = 20;

export const machineKey = (index: number) => ({
  name: `m-${index}`,
  namespace: `team-${index % NAMESPACES}`,
});

export const hostOf = (index: number): string => `m-${index}.dev.example.com`;

/** Copies a machine under another name, without the resourceVersion, which etcd does not store. */
export function cloneMachine(template: Raw, index: number): Raw {
  const { resourceVersion: _, ...metadata } = template.metadata;
  return {
    ...template,
    metadata: { ...metadata, ...machineKey(index), uid: index === 0 ? metadata.uid : randomUUID() },
    spec: { ...template.spec, ingressDomain: hostOf(index) },
  };
}

const ownerOf = ({ metadata: { name, namespace, uid }, spec }: Raw): Owner => ({
  name,
  namespace,
  uid,
  specDigest: specDigest(spec),
  host: spec.ingressDomain,
});

/** Adds the fields that the API server sets when it stores an object. */
const asStored = (object: Raw, uid: string = randomUUID()): Raw => ({
  ...object,
  metadata: { ...object.metadata, uid, generation: 1, creationTimestamp: LONG_AGO },
});

/** The EndpointSlice refers to the pod by this uid. */
const podUid = ({ uid }: Owner): string => `p${uid.slice(1)}`;

function storedPod(machine: Raw): Raw {
  const owner = ownerOf(machine);
  return asStored(pod(owner), podUid(owner));
}

function storedSlice(machine: Raw): Raw {
  const owner = ownerOf(machine);
  const object = asStored(endpointSlice(owner));
  object.endpoints[0].targetRef.uid = podUid(owner);
  return object;
}

interface DependentKind {
  /** Its key prefix in etcd, below /registry. */
  readonly resource: string;
  readonly path: string;
  readonly create: (machine: Raw) => Raw;
}

export const DEPENDENTS: readonly DependentKind[] = [
  {
    resource: 'deployments',
    path: '/apis/apps/v1/deployments',
    create: (machine) => asStored(deployment(ownerOf(machine))),
  },
  { resource: 'pods', path: '/api/v1/pods', create: storedPod },
  {
    resource: 'persistentvolumeclaims',
    path: '/api/v1/persistentvolumeclaims',
    create: (machine) => asStored(pvc(ownerOf(machine))),
  },
  {
    resource: 'ingress',
    path: '/apis/networking.k8s.io/v1/ingresses',
    create: (machine) => asStored(ingress(ownerOf(machine))),
  },
  {
    resource: 'endpointslices',
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    create: storedSlice,
  },
];

/** A pod of a machine of its own, with the anti-affinity of the chart or without it. */
export function waitingPod(name: string, antiAffinity: boolean): Raw {
  const labels = { 'ide.example.com/devmachine': name };
  const term = { topologyKey: 'kubernetes.io/os', labelSelector: { matchLabels: labels } };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const resources = { requests: { cpu: '100m', memory: '256Mi' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: {
      ...(antiAffinity ? { affinity } : {}),
      containers: [{ name: 'machine', image: IMAGE, resources }],
    },
  };
}

/** The same pod, as stored when it runs on a node. */
export function runningPod(name: string, antiAffinity: boolean, nodeName: string): Raw {
  const { spec, ...pod } = waitingPod(name, antiAffinity);
  const status = { phase: 'Running', conditions: [condition('Ready', 'True')] };
  return asStored({ ...pod, spec: { ...spec, nodeName }, status });
}
