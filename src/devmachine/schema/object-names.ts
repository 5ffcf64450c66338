import { type SchemaOptions, Type } from '@sinclair/typebox';
import { ratchetedRule, rules } from './cel-rules.ts';
import { OBJECT_NAME } from './formats.ts';

/**
 * Names of objects that a machine mounts, reads or is served with. The objects of machines and of Helm are reserved: the
 * password, the release and the disk of one machine are not for others in the namespace, nor for itself.
 */

/** Access Secrets, and the Secrets in which Helm keeps its releases with everything that it has rendered. */
const isReservedSecret = (name: string): boolean =>
  name.endsWith('-access') || name.startsWith('sh.helm.release.v1.');

export const secretName = (options: SchemaOptions) =>
  Type.String({
    ...OBJECT_NAME,
    ...options,
    ...rules(
      ratchetedRule<string>(
        "!self.endsWith('-access') && !self.startsWith('sh.helm.release.v1.')",
        'is reserved: it must not end in -access or start with sh.helm.release.v1.',
        (name) => !isReservedSecret(name),
      ),
    ),
  });

export const claimName = (options: SchemaOptions) =>
  Type.String({
    ...OBJECT_NAME,
    ...options,
    ...rules(
      ratchetedRule<string>(
        "!self.endsWith('-disk')",
        'is reserved: it must not end in -disk, which is for the disks of machines',
        (name) => !name.endsWith('-disk'),
      ),
    ),
  });
