import { randomUUID } from 'node:crypto';
import { specDigest } from '../../src/devmachine/status/spec-digest.ts';
import {
  deployment,
  endpointSlice,
  ingress,
  LONG_AGO,
  type Owner,
  pod,
  pvc,
} from '../../test/status/objects.ts';
import type { Raw } from './store.ts';

export const place = (index: number) => ({ name: `m-${index}`, namespace: `team-${index % 20}` });

export const hostOf = (index: number): string => `m-${index}.dev.example.com`;

/** A copy of a machine under a name of its own. What only answers have, is not stored. */
export function machineLike(model: Raw, index: number): Raw {
  const { resourceVersion: _, ...metadata } = model.metadata;
  return {
    ...model,
    metadata: { ...metadata, ...place(index), uid: index === 0 ? metadata.uid : randomUUID() },
    spec: { ...model.spec, ingressDomain: hostOf(index) },
  };
}

const ownerOf = ({ metadata: { name, namespace, uid }, spec }: Raw): Owner => ({
  name,
  namespace,
  uid,
  specDigest: specDigest(spec),
  host: spec.ingressDomain,
});

/** What the API server adds when it stores an object. */
const stored = (object: Raw, uid: string = randomUUID()): Raw => ({
  ...object,
  metadata: { ...object.metadata, uid, generation: 1, creationTimestamp: LONG_AGO },
});

/** The slice and the pod must agree on it. */
const podUid = ({ uid }: Owner): string => `p${uid.slice(1)}`;

function storedPod(machine: Raw): Raw {
  const owner = ownerOf(machine);
  return stored(pod(owner), podUid(owner));
}

function storedSlice(machine: Raw): Raw {
  const owner = ownerOf(machine);
  const object = stored(endpointSlice(owner));
  object.endpoints[0].targetRef.uid = podUid(owner);
  return object;
}

interface DependentKind {
  /** Its folder in etcd. */
  readonly resource: string;
  readonly path: string;
  readonly make: (machine: Raw) => Raw;
}

export const PARTS: readonly DependentKind[] = [
  {
    resource: 'deployments',
    path: '/apis/apps/v1/deployments',
    make: (machine) => stored(deployment(ownerOf(machine))),
  },
  { resource: 'pods', path: '/api/v1/pods', make: storedPod },
  {
    resource: 'persistentvolumeclaims',
    path: '/api/v1/persistentvolumeclaims',
    make: (machine) => stored(pvc(ownerOf(machine))),
  },
  {
    resource: 'ingress',
    path: '/apis/networking.k8s.io/v1/ingresses',
    make: (machine) => stored(ingress(ownerOf(machine))),
  },
  {
    resource: 'endpointslices',
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    make: storedSlice,
  },
];
