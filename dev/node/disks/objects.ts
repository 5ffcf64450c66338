import { toNano } from '../../../src/devmachine/quantity.ts';
import type { Stored } from '../../../src/kube/cache/store.ts';
import { mountPointOf } from './disk.ts';
import { PROVISIONER, STORAGE_CLASS } from './storage-class.ts';

/** The fields of a PersistentVolumeClaim that matter for making its disk. */
export interface Claim extends Stored {
  readonly storageClassName: string | undefined;
  readonly volumeName: string | undefined;
  readonly accessModes: readonly string[];
  /** The requested size as a quantity. */
  readonly size: string;
  /** The size that the status reports. */
  readonly reported: string | undefined;
  /** The node of the pod that needs it. */
  readonly node: string | undefined;
  readonly isDeleted: boolean;
}

/** The fields of a PersistentVolume that matter for growing and deleting its disk. */
export interface Volume extends Stored {
  readonly isOurs: boolean;
  readonly size: string;
  readonly claimUid: string | undefined;
  /** Whether the claim is gone and the disk is to be deleted. */
  readonly isReleased: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: Kubernetes objects
type KubeObject = any;

export const toClaim = ({ metadata, spec, status }: KubeObject): Claim => ({
  ...identity(metadata),
  storageClassName: spec.storageClassName,
  volumeName: spec.volumeName,
  accessModes: spec.accessModes,
  size: spec.resources.requests.storage,
  reported: status?.capacity?.storage,
  node: metadata.annotations?.['volume.kubernetes.io/selected-node'],
  isDeleted: metadata.deletionTimestamp !== undefined,
});

export const toVolume = ({ metadata, spec, status }: KubeObject): Volume => ({
  ...identity({ ...metadata, namespace: '' }),
  isOurs: metadata.annotations?.[PROVISIONED_BY] === PROVISIONER,
  size: spec.capacity.storage,
  claimUid: spec.claimRef?.uid,
  isReleased: status?.phase === 'Released' && spec.persistentVolumeReclaimPolicy === 'Delete',
});

const identity = ({ namespace, name, uid, resourceVersion }: Stored): Stored => ({
  namespace,
  name,
  uid,
  resourceVersion,
});

const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** The name of the disk and of the PersistentVolume of a claim. */
export const volumeNameOf = ({ uid }: Claim): string => `pvc-${uid}`;

/** The PersistentVolume for the disk of `claim`, on this node. */
export function volumeFor(claim: Claim, folder: string, node: string) {
  const { namespace, name, uid, accessModes, size } = claim;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeNameOf(claim), annotations: { [PROVISIONED_BY]: PROVISIONER } },
    spec: {
      capacity: { storage: size },
      accessModes,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      persistentVolumeReclaimPolicy: STORAGE_CLASS.reclaimPolicy,
      storageClassName: STORAGE_CLASS.metadata.name,
      local: { path: mountPointOf(folder, volumeNameOf(claim)) },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
    },
  };
}

const NANO = 1_000_000_000n;

/** The bytes of a quantity, rounded up. */
export function toBytes(quantity: string): number {
  const nano = toNano(quantity);
  if (nano === undefined) throw new Error(`"${quantity}" is not a quantity`);
  return Number((nano + NANO - 1n) / NANO);
}
