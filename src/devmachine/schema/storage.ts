import { Type } from '@sinclair/typebox';
import { rules, transitionRule } from './cel-rules.ts';
import * as format from './formats.ts';
import { quantity, stringEnum } from './typebox.ts';

/** `spec.storage`: the machine's own disk. */
export const storage = Type.Object(
  {
    size: quantity({
      description: 'Size of the disk. It can grow but not shrink.',
      ...rules(
        transitionRule('quantity(self).compareTo(quantity(oldSelf)) >= 0', 'size can grow but not shrink'),
      ),
    }),
    storageClassName: Type.Optional(
      Type.String({
        ...format.OBJECT_NAME,
        description: "StorageClass of the disk. Defaults to the cluster's default class. Immutable.",
      }),
    ),
    accessMode: Type.Optional(
      stringEnum(['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'], {
        default: 'ReadWriteOnce',
        description: 'How many nodes or pods can mount the disk at the same time. Immutable.',
        ...rules(transitionRule('self == oldSelf', 'accessMode is immutable')),
      }),
    ),
    mountPath: Type.Optional(
      Type.String({
        ...format.MOUNT_PATH,
        description:
          "Where the disk is mounted in the machine. Defaults to the template's home directory, or /workspace without a template.",
      }),
    ),
    retention: Type.Optional(
      stringEnum(['Retain', 'Delete'], {
        default: 'Retain',
        description:
          'What happens to the disk when the machine is deleted. Retain: the disk is kept, and the next machine of the same name uses it. Delete: the disk is deleted with the machine.',
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
