import { type Static, Type } from '@sinclair/typebox';
import { rule, rules, transitionRule } from './cel-rules.ts';
import * as format from './formats.ts';
import { mounts } from './mounts.ts';
import { env, imagePullSecrets, nodeSelector, tolerations } from './pod-fields.ts';
import { TEMPLATE_NAMES } from './templates.ts';
import { quantity, stringEnum } from './typebox.ts';

/**
 * The one source of a machine's shape: the types, the validation of requests, openapi.yaml, the CRD's schema and the
 * chart's values.schema.json are made from it (`npm run generate`). Defaults are filled in by the cluster alone.
 */

const issuer = Type.Object(
  {
    name: Type.String({ ...format.OBJECT_NAME, description: 'Name of the cert-manager issuer.' }),
    kind: Type.Optional(
      stringEnum(['Issuer', 'ClusterIssuer'], {
        default: 'Issuer',
        description: "Issuer: in the machine's namespace. ClusterIssuer: for the whole cluster.",
      }),
    ),
  },
  { additionalProperties: false, description: 'The cert-manager issuer that makes the certificate.' },
);

const tls = Type.Object(
  {
    secretName: Type.Optional(
      Type.String({
        ...format.OBJECT_NAME,
        description: 'A Secret of type kubernetes.io/tls in the same namespace.',
      }),
    ),
    issuer: Type.Optional(issuer),
  },
  {
    additionalProperties: false,
    description: 'Where the certificate for ingressDomain comes from: a Secret or a cert-manager issuer.',
    ...rules(
      rule<{ secretName?: string; issuer?: object }>(
        'has(self.secretName) != has(self.issuer)',
        'exactly one of secretName and issuer is required',
        (value) => (value.secretName === undefined) !== (value.issuer === undefined),
      ),
    ),
  },
);

const ingress = Type.Object(
  {
    className: Type.Optional(
      Type.String({
        ...format.OBJECT_NAME,
        description: "The IngressClass that serves the machine; without it, the cluster's default.",
      }),
    ),
    tls: Type.Optional(tls),
  },
  { additionalProperties: false, description: 'How ingressDomain is served.' },
);

const storage = Type.Object(
  {
    size: quantity({
      description: 'Size of the disk. It may grow, never shrink.',
      ...rules(
        transitionRule('quantity(self).compareTo(quantity(oldSelf)) >= 0', 'size may grow, it cannot shrink'),
      ),
    }),
    storageClassName: Type.Optional(
      Type.String({
        ...format.OBJECT_NAME,
        description: "The StorageClass of the disk; without it, the cluster's default. Immutable.",
      }),
    ),
    accessMode: Type.Optional(
      stringEnum(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'], {
        default: 'ReadWriteOnce',
        description: 'How many nodes or pods may mount the disk at a time. Immutable.',
        ...rules(transitionRule('self == oldSelf', 'accessMode is immutable')),
      }),
    ),
    mountPath: Type.Optional(
      Type.String({
        ...format.MOUNT_PATH,
        description: "Where the machine sees its disk; without it, the template's home directory.",
      }),
    ),
    retention: Type.Optional(
      stringEnum(['Retain', 'Delete'], {
        default: 'Retain',
        description:
          'What becomes of the disk when the machine is deleted. Retain: it stays, and the next machine of the same name finds its files. Delete: it goes with the machine.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: "The machine's own disk. Without it, files are lost whenever the machine stops.",
    ...rules(
      transitionRule(
        'has(self.storageClassName) == has(oldSelf.storageClassName) && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)',
        'storageClassName is immutable',
      ),
    ),
  },
);

interface Paths {
  storage?: { mountPath?: string };
  mounts?: { mountPath: string }[];
}

export const DevMachineSpec = Type.Object(
  {
    cpu: Type.Optional(
      quantity({
        integer: true,
        default: 1,
        description: 'CPU: whole cores as a number (2), or a quantity ("500m", "1.5").',
      }),
    ),
    memory: quantity({ description: 'Memory as a quantity, such as "4Gi".' }),
    gpu: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1024, default: 0, description: 'Number of GPUs; 0 is none.' }),
    ),
    gpuResource: Type.Optional(
      Type.String({
        ...format.RESOURCE_NAME,
        default: 'nvidia.com/gpu',
        description:
          'The extended resource that `gpu` counts; MIG slices have others, such as nvidia.com/mig-1g.10gb.',
        ...rules(
          rule<string>(
            "!self.contains('kubernetes.io/') && !self.startsWith('requests.')",
            'must be an extended resource: not of kubernetes.io, and without the prefix requests.',
            (value) => !value.includes('kubernetes.io/') && !value.startsWith('requests.'),
          ),
        ),
      }),
    ),
    image: Type.Optional(
      Type.String({
        ...format.IMAGE,
        description: "An OCI image reference; without it, the template's image.",
      }),
    ),
    template: Type.Optional(
      stringEnum(TEMPLATE_NAMES, {
        description: "What runs in the machine; without it, the image's own command.",
      }),
    ),
    ingressDomain: Type.Optional(
      Type.String({
        ...format.HOST_NAME,
        description:
          'The full host name under which the machine is reached; without it, only inside the cluster.',
      }),
    ),
    ingress: Type.Optional(ingress),
    storage: Type.Optional(storage),
    mounts: Type.Optional(mounts),
    env: Type.Optional(env),
    command: Type.Optional(
      processWords("The container's command, in place of the template's or the image's."),
    ),
    args: Type.Optional(processWords("The arguments of the container's command.")),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: "The port that the machine serves HTTP on; without it, the template's.",
      }),
    ),
    nodeSelector: Type.Optional(nodeSelector),
    tolerations: Type.Optional(tolerations),
    imagePullSecrets: Type.Optional(imagePullSecrets),
    stopped: Type.Optional(
      Type.Boolean({ default: false, description: 'true stops the machine; its disk stays.' }),
    ),
    restartedAt: Type.Optional(
      Type.String({
        ...format.TIMESTAMP,
        description: 'An RFC 3339 time. A changed one restarts the machine.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'What the machine should be.',
    ...rules(
      rule<{ image?: string; template?: string }>(
        'has(self.image) || has(self.template)',
        'image is required where there is no template',
        (value) => value.image !== undefined || value.template !== undefined,
      ),
      rule<{ ingress?: object; ingressDomain?: string }>(
        '!has(self.ingress) || has(self.ingressDomain)',
        'ingress needs ingressDomain',
        (value) => value.ingress === undefined || value.ingressDomain !== undefined,
        '.ingress',
      ),
      rule<Paths>(
        '!has(self.mounts) || !has(self.storage) || !has(self.storage.mountPath) || self.mounts.all(m, m.mountPath != self.storage.mountPath)',
        'a mount has the path of the disk (storage.mountPath)',
        (value) => !value.mounts?.some((mount) => mount.mountPath === value.storage?.mountPath),
        '.mounts',
      ),
      transitionRule(
        '!has(oldSelf.storage) || has(self.storage)',
        'storage cannot be taken from a machine: stop the machine, or delete it and create it again',
      ),
    ),
  },
);

export type DevMachineSpec = Static<typeof DevMachineSpec>;

function processWords(description: string) {
  const word = Type.String({ ...format.PROCESS_TEXT, maxLength: 4096 });
  return Type.Array(word, { maxItems: 64, description, 'x-kubernetes-list-type': 'atomic' });
}
