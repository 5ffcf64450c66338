import type { Body } from './bodies.ts';
import { DOCUMENTS } from './by-hand/documents.ts';
import { OBJECTS } from './by-hand/objects.ts';
import { SCALARS } from './by-hand/scalars.ts';

/** Bodies that the mutations do not produce: the limits of each field, and the rules between fields. */
export const BY_HAND: readonly Body[] = [...DOCUMENTS, ...SCALARS, ...OBJECTS];
