import type { IngressClass } from '../../devmachine/status/dependents.ts';
import type { Interner } from './intern.ts';
import { type Metadata, toDependent } from './metadata.ts';

const DEFAULT_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';

export function toIngressClass(object: unknown, interner: Interner): IngressClass {
  const { metadata } = object as { metadata: Metadata };
  const { machine: _, ...dependent } = toDependent('IngressClass', metadata, interner);
  return { ...dependent, isDefault: metadata.annotations?.[DEFAULT_ANNOTATION] === 'true' };
}
