import { type SchemaOptions, type Static, Type } from '@sinclair/typebox';
import { type Rule, rule, rules } from './cel-rules.ts';
import * as format from './formats.ts';
import { claimName, secretName } from './object-names.ts';
import { stringEnum, uniqueNames } from './typebox.ts';

/** `spec.mounts`: further volumes of a machine. Each type of mount has a block of the same name with its settings. */

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
        Type.String({
          ...format.S3_PREFIX,
          description: 'Mount only the objects whose key starts with this prefix.',
        }),
      ),
      endpoint: Type.Optional(
        Type.String({
          ...format.HTTP_URL,
          description: "URL of the S3 service. Defaults to the administrator's.",
        }),
      ),
      region: Type.Optional(Type.String({ ...format.S3_REGION, description: 'Region of the bucket.' })),
      secretName: Type.Optional(
        secretName({ description: 'Name of a Secret with the keys accessKeyId and secretAccessKey.' }),
      ),
    },
    { description: 'A bucket of an S3 service.' },
  ),
  nfs: block(
    {
      server: Type.String({ ...format.NETWORK_HOST, description: 'Host name or IP address of the server.' }),
      path: Type.String({ ...format.EXPORT_PATH, description: 'The exported path.' }),
    },
    { description: 'A path exported by an NFS server.' },
  ),
  csi: block(
    {
      driver: Type.String({
        ...format.DRIVER_NAME,
        description: "Name of the CSI driver. It must be one of the administrator's.",
      }),
      path: Type.String({
        ...format.DRIVER_PATH,
        description: 'Path in the file system of the driver: / is all that the administrator offers.',
      }),
      secretName: Type.Optional(
        secretName({ description: 'Name of a Secret with what the driver needs to log in.' }),
      ),
    },
    { description: 'A path in a file system that has a CSI driver.' },
  ),
  pvc: block(
    { claimName: claimName({ description: 'Name of the PersistentVolumeClaim.' }) },
    { description: 'A PersistentVolumeClaim in the same namespace.' },
  ),
  secret: block(
    { name: secretName({ description: 'Name of the Secret.' }) },
    { description: 'A Secret, mounted as one file per key.' },
  ),
  configMap: block(
    { name: objectName('Name of the ConfigMap.') },
    { description: 'A ConfigMap, mounted as one file per key.' },
  ),
};

const types = Object.keys(blocks) as (keyof typeof blocks)[];

const hasBlockOfItsType = types.map(
  (type): Rule =>
    rule<Mount>(
      `has(self.${type}) == (self.type == '${type}')`,
      `${type} is required if type is ${type}, and not allowed otherwise`,
      (mount) => (mount[type] !== undefined) === (mount.type === type),
      `.${type}`,
    ),
);

const mount = Type.Object(
  {
    name: Type.String({ ...format.DNS_LABEL, description: 'Name of the mount, unique in the machine.' }),
    type: stringEnum(types, { description: 'What is mounted. The block of the same name has the settings.' }),
    mountPath: Type.String({
      ...format.MOUNT_PATH,
      description: 'Path of the mount in the machine, unique in the machine.',
    }),
    readOnly: Type.Optional(
      Type.Boolean({
        description: 'true mounts it read-only. Mounts of type secret and configMap are always read-only.',
      }),
    ),
    ...blocks,
  },
  { additionalProperties: false, ...rules(...hasBlockOfItsType) },
);

type Mount = Static<typeof mount>;

export const mounts = Type.Array(mount, {
  maxItems: 32,
  description: 'Volumes that are mounted in addition to the disk.',
  ...uniqueNames,
  ...rules(
    rule<Mount[]>(
      'self.all(m, self.exists_one(n, n.mountPath == m.mountPath))',
      'mountPath must be unique among the mounts',
      (list) => new Set(list.map((item) => item.mountPath)).size === list.length,
    ),
  ),
});
