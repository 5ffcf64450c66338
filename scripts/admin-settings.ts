import { stringify } from 'yaml';
import { comment } from './sections.ts';

/**
 * The settings that an administrator makes for all machines: `admin` in the chart's values, which the operator sets from
 * its environment. This is the only source of their names, defaults and descriptions.
 */
interface AdminSetting {
  /** Markdown, for operator/README.md and the comments of the YAML files. */
  readonly description: string;
  /** The value that an empty one stands for, if there is one. The chart reads it from files/admin-defaults.yaml. */
  readonly default?: string;
  /** For documentation: what an empty value means if there is no `default`. */
  readonly defaultDescription?: string;
}

const FILLED_IN =
  '`{bucket}`, `{prefix}`, `{endpoint}` and `{region}` are replaced with the values of the mount.';

export const ADMIN_SETTINGS: Readonly<Record<string, AdminSetting>> = {
  allowRoot: {
    description:
      '`true`: machines can run as root if their image does. They then satisfy PodSecurity `baseline`, not `restricted`.',
    defaultDescription: '`false`',
  },
  annotations: {
    description:
      'Mapping: annotations for the pods, claims and Deployments of all machines. Pods have `cluster-autoscaler.kubernetes.io/safe-to-evict: "false"`, unless the mapping says otherwise.',
  },
  authProxy: {
    description:
      '`true`: an authenticating proxy guards every Ingress, so the IDE does not ask for a password.',
    defaultDescription: '`false`',
  },
  authProxyAnnotations: {
    description:
      'Mapping: the annotations with which the ingress controller asks the authenticating proxy, for every Ingress.',
  },
  csiDrivers: {
    description:
      'Mapping: the drivers of `csi` mounts. The value of a driver is a mapping with `parameters` (its `volumeAttributes`, a mapping), `mountOptions` (a list) and `volumeHandle`, all optional. `{path}` and `{namespace}` are replaced with those of the mount, and `{volume}` with a unique name, which a `volumeHandle` must contain.',
    defaultDescription: 'none, and so no `csi` mounts',
  },
  ephemeralStorageLimit: {
    description:
      'How much a machine that does not set `ephemeralStorage` can write to its node outside its disk. `0`: as much as there is. A pod that exceeds it is evicted, and what it has written there is lost.',
    default: '20Gi',
  },
  ephemeralStorageRequest: {
    description:
      'How much of it is reserved on the node, but not more than the limit. `0`: nothing, for nodes that do not report `ephemeral-storage`.',
    default: '1Gi',
  },
  gpuRuntimeClassName: {
    description: 'The RuntimeClass of machines with a GPU, such as `nvidia`.',
    defaultDescription: "the nodes' default runtime",
  },
  ideImage: {
    description: 'The image that VS Code (code-server) is copied from.',
    default: 'docker.io/codercom/code-server:4.115.0',
  },
  ingressAnnotations: {
    description:
      'Mapping: annotations for every Ingress. The default is for ingress-nginx, and replaced as a whole: WebSockets stay open when they are idle, and uploads have no limit and are not stored on the way.',
    default: [
      'nginx.ingress.kubernetes.io/proxy-body-size: 0',
      'nginx.ingress.kubernetes.io/proxy-read-timeout: 3600',
      'nginx.ingress.kubernetes.io/proxy-request-buffering: "off"',
      'nginx.ingress.kubernetes.io/proxy-send-timeout: 3600',
    ].join('\n'),
  },
  ingressClassName: {
    description: 'The IngressClass of machines that do not set one.',
    defaultDescription: "the cluster's default class",
  },
  ingressController: {
    description:
      "Mapping: the labels of the ingress controller's namespace. Only from there, and from its own namespace, can a machine be reached.",
    default: 'kubernetes.io/metadata.name: ingress-nginx',
  },
  ingressControllerAddresses: {
    description:
      'Address blocks, separated by spaces, from which a machine can be reached on its port as well: those of the nodes, if the ingress controller is on the host network.',
  },
  ingressControllerPods: {
    description: "Mapping: the labels of the ingress controller's pods, if its namespace has others.",
    defaultDescription: 'all pods of the namespace',
  },
  labels: {
    description:
      'Mapping: labels for the pods, claims and Deployments of all machines, such as `kueue.x-k8s.io/queue-name: machines`.',
  },
  metadataAddresses: {
    description:
      "Address blocks that no machine can reach, separated by spaces: the cloud's metadata service. Some clouds use others: Alibaba `100.100.100.200/32`, Azure also `168.63.129.16/32`.",
    default: '169.254.169.254/32 fd00:ec2::254/128',
  },
  s3Driver: {
    description:
      'The name of the CSI driver for `s3` mounts, such as `s3.csi.aws.com`. Without a driver, `s3` mounts are copies.',
  },
  s3Endpoint: {
    description: 'The URL of the S3 service for mounts that do not set one.',
    defaultDescription: "Amazon's",
  },
  s3Image: {
    description: 'The image with rclone, for `s3` mounts without a driver.',
    default: 'docker.io/rclone/rclone:1.75.1',
  },
  s3MountOptions: {
    description: `Mount options for the driver, one per line. ${FILLED_IN} A line is left out if the value of one of them is empty.`,
  },
  s3Parameters: {
    description: `Mapping: the \`volumeAttributes\` for the driver. ${FILLED_IN} An entry is left out if the value of one of them is empty.`,
  },
  s3Region: { description: 'The region for mounts that do not set one.' },
  s3VolumeHandle: {
    description: `The \`volumeHandle\` for the driver. ${FILLED_IN}`,
    defaultDescription: 'a unique name',
  },
  seedHome: {
    description:
      "`true`: the home directory of the image is copied to a machine's new, empty disk, if the machine has a template.",
    default: 'true',
  },
  tlsClusterIssuer: {
    description: 'The cert-manager ClusterIssuer for machines that set no certificate.',
    defaultDescription: 'none, and so no TLS',
  },
  tlsSecretName: {
    description:
      'Instead of an issuer: the name of a Secret in the namespace of each machine, for machines that set no certificate.',
    defaultDescription: 'none, and so no TLS',
  },
  unguardedIngress: {
    description:
      '`allow`: an `ingressDomain` is served even if the user starts the server, which may not ask for a password. `refuse`: it is not.',
    default: 'refuse',
  },
};

const settings = Object.entries(ADMIN_SETTINGS);

/** The manager's environment variable for a setting: allowRoot is DEVMACHINE_ALLOW_ROOT. */
const variable = (key: string): string =>
  `DEVMACHINE_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

const describeDefault = ({ default: value, defaultDescription = 'none' }: AdminSetting): string =>
  value === undefined
    ? defaultDescription
    : value
        .split('\n')
        .map((line) => `\`${line}\``)
        .join(', ');

/** The rows of the table in operator/README.md. */
export const adminRows = (): string[][] =>
  settings.map(([key, setting]) => [`\`${variable(key)}\``, setting.description, describeDefault(setting)]);

/** files/admin-defaults.yaml of the chart. */
export const adminDefaults = (): Record<string, string> =>
  Object.fromEntries(
    settings.flatMap(([key, { default: value }]) => (value === undefined ? [] : [[key, value]])),
  );

/** `admin` in values.yaml of the chart. */
export const adminValues = (): string =>
  settings.map(([key, setting]) => `${commentOf(setting)}\n${key}: ""`).join('\n');

/** `overrideValues` in watches.yaml. */
export const adminOverrides = (): string =>
  settings.map(([key]) => `admin.${key}: \${${variable(key)}}`).join('\n');

/** `env` of the manager in config/manager/manager.yaml. */
export const adminVariables = (): string =>
  settings
    .map(([key, setting]) => {
      const entry = { name: variable(key), value: setting.default ?? '' };
      return `${commentOf(setting)}\n${stringify([entry], { lineWidth: 0 }).trimEnd()}`;
    })
    .join('\n');

const commentOf = (setting: AdminSetting): string =>
  `${comment(setting.description)}\n${comment(`Default: ${describeDefault(setting)}`)}`;
