import { ACCESS_REASONS } from './reasons/access.ts';
import { CONTAINER_REASONS } from './reasons/container.ts';
import { LIFECYCLE_REASONS } from './reasons/lifecycle.ts';
import { OPERATOR_REASONS } from './reasons/operator.ts';
import { POD_REASONS } from './reasons/pod.ts';
import type { ReasonText } from './reasons/reason.ts';

/**
 * Why a machine is in its phase: a closed list that is part of the API. Reasons are added, never renamed
 * (docs/adding-a-reason.md). The phase is Failed only if the state does not resolve by itself; a machine that waits is
 * Starting.
 */
export const REASONS = {
  ...OPERATOR_REASONS,
  ...POD_REASONS,
  ...CONTAINER_REASONS,
  ...ACCESS_REASONS,
  ...LIFECYCLE_REASONS,
} as const satisfies Record<string, ReasonText>;

export type Reason = keyof typeof REASONS;

export const REASON_NAMES = Object.keys(REASONS) as Reason[];
