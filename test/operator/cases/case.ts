import type { Manifest, RenderOptions, Spec } from '../helm.ts';
import { machineOf, ofKind, only, podOf } from '../helm.ts';

/** What the chart must render for a spec. With `root`, the pod may run as root and passes only `baseline`. */
export interface Case {
  readonly name: string;
  readonly spec: Spec;
  readonly admin?: RenderOptions['admin'];
  readonly root?: boolean;
  /** The pod stays Pending, because no node is large enough. */
  readonly tooLarge?: boolean;
  readonly check: (objects: Manifest[]) => void;
}

export const VSCODE = { memory: '4Gi', template: 'vscode-cpu' };
export const JUPYTER = { memory: '4Gi', template: 'jupyter-cpu' };
export const PLAIN = { memory: '1Gi', image: 'registry.example.com/tool:1' };
export const HOST = { ingressDomain: 'm.example.com' };

export const variable = (list: Manifest[], name: string): Manifest =>
  machineOf(list).env.find((entry: Manifest) => entry.name === name);
export const volume = (list: Manifest[], name: string): Manifest =>
  podOf(list).volumes.find((entry: Manifest) => entry.name === name);
export const mounted = (list: Manifest[], path: string): Manifest =>
  machineOf(list).volumeMounts.find((entry: Manifest) => entry.mountPath === path);
export const at = (list: Manifest[], path: string): Manifest => volume(list, mounted(list, path).name);
export const mount = (type: string, block: object, more: object = {}) => ({
  mounts: [{ name: 'x', type, mountPath: '/mnt/x', [type]: block, ...more }],
});
export const S3 = {
  bucket: 'data',
  prefix: 'a/b',
  endpoint: 'https://s3.example.com',
  region: 'r1',
  secretName: 'keys',
};
export const DRIVER = {
  s3Driver: 's3.csi.example.com',
  s3Parameters: 'bucketName: "{bucket}"\nnote: "{region}, {endpoint}"',
  s3MountOptions: 'prefix {prefix}/\nregion {region}\nallow-other',
};
export const CSI = {
  csiDrivers: `hfps.csi.example.com:
  volumeHandle: "hfps#{volume}"
  parameters: {root: "/{namespace}{path}", retries: 3, cached: true}
  mountOptions: ["subdir={path}", noatime]
plain.csi.example.com:`,
};
export const PROXY = {
  authProxy: 'true',
  authProxyAnnotations: 'nginx.ingress.kubernetes.io/auth-url: https://a/b',
};

/** The annotations of an object, without the machine's uid, which the chart knows only if the machine exists. */
export function annotationsOf({ metadata }: Manifest): Record<string, string> {
  const { 'ide.example.com/machine-uid': _, ...annotations } = metadata.annotations ?? {};
  return annotations;
}

/** The annotations that every Ingress has by default. */
export const INGRESS_ANNOTATIONS = {
  'nginx.ingress.kubernetes.io/proxy-body-size': '0',
  'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
  'nginx.ingress.kubernetes.io/proxy-request-buffering': 'off',
  'nginx.ingress.kubernetes.io/proxy-send-timeout': '3600',
};

export const policies = (list: Manifest[]): Manifest[] =>
  ofKind(list, 'NetworkPolicy').map(({ spec }) => spec);

/** The settings of a cluster that neither reserves nor bounds the room on its nodes' disks. */
export const NO_ROOM = { ephemeralStorageLimit: '0', ephemeralStorageRequest: '0Gi' };

/** The settings of a cluster whose GPUs need a RuntimeClass, and that RuntimeClass. */
export const GPU_RUNTIME = { gpuRuntimeClassName: 'nvidia' };
export const RUNTIME_CLASS = {
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: 'nvidia' },
  handler: 'nvidia',
};

export const password = (list: Manifest[]): string => only(list, 'Secret').data.password;
