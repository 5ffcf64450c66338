import { ACCESS_SCENARIOS } from './access.ts';
import { CONTAINER_SCENARIOS } from './container.ts';
import { IDE_SCENARIOS } from './ide.ts';
import { INGRESS_SCENARIOS } from './ingress.ts';
import { OPERATOR_SCENARIOS } from './operator.ts';
import { POD_SCENARIOS } from './pod.ts';
import { REFUSED_SCENARIOS } from './refused.ts';

export const SCENARIOS = [
  ...OPERATOR_SCENARIOS,
  ...REFUSED_SCENARIOS,
  ...POD_SCENARIOS,
  ...CONTAINER_SCENARIOS,
  ...IDE_SCENARIOS,
  ...ACCESS_SCENARIOS,
  ...INGRESS_SCENARIOS,
];
