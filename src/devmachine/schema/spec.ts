import { type Static, Type } from '@sinclair/typebox';
import { rule, rules, transitionRule } from './cel-rules.ts';
import * as format from './formats.ts';
import { ingress } from './ingress.ts';
import { mounts } from './mounts.ts';
import { env, imagePullSecrets, nodeSelector, tolerations } from './pod-fields.ts';
import { deviceRules, gpuResource, resources } from './resources.ts';
import { storage } from './storage.ts';
import { TEMPLATE_NAMES } from './templates.ts';
import { quantity, stringEnum } from './typebox.ts';

/**
 * The only source of the spec: the TypeScript type, the validation of requests, openapi.yaml, the CRD and the chart's
 * values.schema.json come from it (`npm run generate`). Only the cluster fills in defaults. docs/adding-a-field.md says
 * how to extend it.
 */

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
        description: 'CPU: a number of whole cores (2) or a quantity ("500m", "1.5").',
      }),
    ),
    memory: quantity({ description: 'Memory as a quantity, such as "4Gi".' }),
    ephemeralStorage: Type.Optional(
      quantity({
        description:
          "Room on the node's disk for everything outside the machine's disk, such as /tmp, copies of buckets and VS Code itself (0.7 GB). A machine that exceeds it is restarted, and loses what is there. Defaults to the administrator's.",
      }),
    ),
    gpu: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1024, default: 0, description: 'Number of GPUs.' }),
    ),
    gpuResource: Type.Optional(gpuResource),
    resources: Type.Optional(resources),
    image: Type.Optional(
      Type.String({
        ...format.IMAGE,
        description: "OCI image reference. Defaults to the template's image.",
      }),
    ),
    imagePullPolicy: Type.Optional(
      stringEnum(['Always', 'IfNotPresent'], {
        description:
          'When a node pulls the image. Always: at each start, so that a tag that has moved arrives with a restart. IfNotPresent: if the node does not have it. Defaults to Always for the tag latest or no tag, otherwise to IfNotPresent.',
      }),
    ),
    template: Type.Optional(
      stringEnum(TEMPLATE_NAMES, {
        description: "What runs in the machine. Without a template, the image's own command runs.",
      }),
    ),
    ingressDomain: Type.Optional(
      Type.String({
        ...format.HOST_NAME,
        description:
          'Full host name of the machine. Without it, the machine is reachable only inside the cluster.',
      }),
    ),
    ingress: Type.Optional(ingress),
    storage: Type.Optional(storage),
    mounts: Type.Optional(mounts),
    env: Type.Optional(env),
    command: Type.Optional(
      processArguments("Command of the container. Defaults to the template's, or else the image's."),
    ),
    args: Type.Optional(processArguments('Arguments of the command.')),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: "Port on which the machine serves HTTP. Defaults to the template's.",
      }),
    ),
    nodeSelector: Type.Optional(nodeSelector),
    tolerations: Type.Optional(tolerations),
    imagePullSecrets: Type.Optional(imagePullSecrets),
    stopped: Type.Optional(
      Type.Boolean({ default: false, description: 'true stops the machine. Its disk is kept.' }),
    ),
    restartedAt: Type.Optional(
      Type.String({
        ...format.TIMESTAMP,
        description: 'RFC 3339 time. Changing it restarts the machine.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'The desired state of the machine.',
    ...rules(
      rule<{ image?: string; template?: string }>(
        'has(self.image) || has(self.template)',
        'image is required unless template is set',
        (value) => value.image !== undefined || value.template !== undefined,
      ),
      rule<{ ingress?: object; ingressDomain?: string }>(
        '!has(self.ingress) || has(self.ingressDomain)',
        'ingress requires ingressDomain',
        (value) => value.ingress === undefined || value.ingressDomain !== undefined,
        '.ingress',
      ),
      rule<Paths>(
        '!has(self.mounts) || !has(self.storage) || !has(self.storage.mountPath) || self.mounts.all(m, m.mountPath != self.storage.mountPath)',
        'no mount may have the same mountPath as the disk (storage.mountPath)',
        (value) => !value.mounts?.some((mount) => mount.mountPath === value.storage?.mountPath),
        '.mounts',
      ),
      ...deviceRules,
      transitionRule(
        '!has(oldSelf.storage) || has(self.storage)',
        'storage cannot be removed from a machine. Delete the machine and create it again without storage',
      ),
    ),
  },
);

export type DevMachineSpec = Static<typeof DevMachineSpec>;

/** A list of arguments for a process. */
function processArguments(description: string) {
  const argument = Type.String({ ...format.PROCESS_TEXT, maxLength: 4096 });
  return Type.Array(argument, { maxItems: 64, description, 'x-kubernetes-list-type': 'atomic' });
}
