import type { MachineAccess } from '../../devmachine/objects.ts';
import { STATUS_EXAMPLE } from './examples.ts';

/** The examples of calls about the objects of machines. They belong to the machine of examples.ts. */

const { url } = STATUS_EXAMPLE;

export const ACCESS_EXAMPLE = {
  url,
  kind: 'password',
  password: 'kX3vTq8LrZ0yWm5nBc7JdF2sGh9pAe4u',
} satisfies MachineAccess;
