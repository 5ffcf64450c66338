import { EXAMPLE } from '../../dev/example.ts';
import { API_VERSION, KIND } from '../../src/devmachine/schema/manifest.ts';

/** A machine with every field. The mutations of the corpus start from it. */
export const FULL_SPEC = {
  cpu: '500m',
  memory: '4Gi',
  ephemeralStorage: '50Gi',
  gpu: 1,
  gpuResource: 'nvidia.com/mig-1g.10gb',
  resources: { 'rdma/hca': 1, 'example.com/licence': 1_000_000_000 },
  image: 'registry.example.com:30443/team/ubuntu:22.04',
  imagePullPolicy: 'Always',
  template: 'vscode-gpu',
  ingressDomain: 'mydev.example.com',
  ingress: { className: 'nginx', tls: { issuer: { name: 'letsencrypt', kind: 'ClusterIssuer' } } },
  storage: {
    size: '20Gi',
    storageClassName: 'fast',
    accessMode: 'ReadWriteMany',
    mountPath: '/home/dev',
    retention: 'Delete',
  },
  mounts: [
    {
      name: 'bucket',
      type: 's3',
      mountPath: '/data/bucket',
      readOnly: true,
      s3: {
        bucket: 'team-data',
        prefix: 'models/2026/',
        endpoint: 'https://s3.example.com:9000',
        region: 'eu-central-1',
        secretName: 's3-credentials',
      },
    },
    {
      name: 'share',
      type: 'nfs',
      mountPath: '/data/share',
      nfs: { server: '10.0.0.7', path: '/exports/share' },
    },
    {
      name: 'files',
      type: 'csi',
      mountPath: '/data/files',
      csi: { driver: 'hfps.csi.example.com', path: '/teams/a', secretName: 'hfps-credentials' },
    },
    { name: 'claim', type: 'pvc', mountPath: '/data/claim', pvc: { claimName: 'team-cache' } },
    { name: 'keys', type: 'secret', mountPath: '/etc/keys', secret: { name: 'keys' } },
    { name: 'settings', type: 'configMap', mountPath: '/etc/settings', configMap: { name: 'settings' } },
  ],
  env: [
    { name: 'PLAIN', value: 'text with "quotes", {{ braces }} and\nlines' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'tokens', key: 'api', optional: true } } },
  ],
  command: ['/bin/sh', '-c'],
  args: ['exec sleep infinity'],
  port: 8443,
  nodeSelector: { 'kubernetes.io/arch': 'amd64', zone: '' },
  tolerations: [
    { key: 'nvidia.com/gpu', operator: 'Equal', value: 'true', effect: 'NoExecute', tolerationSeconds: 60 },
    { operator: 'Exists' },
  ],
  imagePullSecrets: [{ name: 'docker-login' }],
  stopped: false,
  restartedAt: '2026-01-02T03:04:05.678+01:00',
};

export const EXAMPLE_SPEC = EXAMPLE.spec;

export const manifest = (spec: unknown, metadata: object = { name: 'corpus' }) => ({
  apiVersion: API_VERSION,
  kind: KIND,
  metadata,
  spec,
});

export interface Body {
  readonly name: string;
  /** The body, as it is sent. */
  readonly text: string;
}
