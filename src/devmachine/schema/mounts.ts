import { type SchemaOptions, type Static, Type } from '@sinclair/typebox';
import { type Rule, rule, rules } from './cel-rules.ts';
import * as format from './formats.ts';
import { stringEnum, uniqueNames } from './typebox.ts';

/** What else a machine sees in its file system, beside its disk. Each type has the one block of its name. */

const objectName = (description: string) => Type.String({ ...format.OBJECT_NAME, description });

const block = <Properties extends Parameters<typeof Type.Object>[0]>(
  properties: Properties,
  options: SchemaOptions,
) => Type.Optional(Type.Object(properties, { additionalProperties: false, ...options }));

const blocks = {
  s3: block(
    {
      bucket: Type.String({ ...format.S3_BUCKET, description: 'Name of the bucket.' }),
      prefix: Type.Optional(
        Type.String({ ...format.S3_PREFIX, description: 'Only the keys that begin with it.' }),
      ),
      endpoint: Type.Optional(
        Type.String({
          ...format.HTTP_URL,
          description: "URL of the S3 service; without it, the administrator's.",
        }),
      ),
      region: Type.Optional(Type.String({ ...format.S3_REGION, description: 'Region of the bucket.' })),
      secretName: Type.Optional(objectName('Secret with the keys accessKeyId and secretAccessKey.')),
    },
    { description: 'A bucket of an S3 service.' },
  ),
  nfs: block(
    {
      server: Type.String({ ...format.NETWORK_HOST, description: 'Host name or IP address of the server.' }),
      path: Type.String({ ...format.EXPORT_PATH, description: 'The exported path.' }),
    },
    { description: 'A path of an NFS server.' },
  ),
  pvc: block({ claimName: objectName('Name of the claim.') }, { description: 'A PersistentVolumeClaim.' }),
  secret: block(
    { name: objectName('Name of the Secret.') },
    { description: 'A Secret, a file for each key.' },
  ),
  configMap: block(
    { name: objectName('Name of the ConfigMap.') },
    { description: 'A ConfigMap, a file for each key.' },
  ),
};

const types = Object.keys(blocks) as (keyof typeof blocks)[];

const hasOnlyItsBlock = types.map(
  (type): Rule =>
    rule<Mount>(
      `has(self.${type}) == (self.type == '${type}')`,
      `${type} is required where type is ${type}, and only there`,
      (mount) => (mount[type] !== undefined) === (mount.type === type),
      `.${type}`,
    ),
);

const mount = Type.Object(
  {
    name: Type.String({ ...format.DNS_LABEL, description: 'Name of the mount, unique in the machine.' }),
    type: stringEnum(types, { description: 'What is mounted; the block of the same name says which.' }),
    mountPath: Type.String({ ...format.MOUNT_PATH, description: 'Where it is seen, unique in the machine.' }),
    readOnly: Type.Optional(
      Type.Boolean({ description: 'true forbids writing. secret and configMap are never writable.' }),
    ),
    ...blocks,
  },
  { additionalProperties: false, ...rules(...hasOnlyItsBlock) },
);

type Mount = Static<typeof mount>;

export const mounts = Type.Array(mount, {
  maxItems: 32,
  description: 'What else the machine sees in its file system.',
  ...uniqueNames,
  ...rules(
    rule<Mount[]>(
      'self.all(m, self.exists_one(n, n.mountPath == m.mountPath))',
      'two mounts have the same mountPath',
      (list) => new Set(list.map((item) => item.mountPath)).size === list.length,
    ),
  ),
});
