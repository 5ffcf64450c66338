import { ACCESS_SCENARIOS } from './access.ts';
import { CONTAINER_SCENARIOS } from './container.ts';
import { INGRESS_SCENARIOS } from './ingress.ts';
import { OPERATOR_SCENARIOS } from './operator.ts';
import { POD_SCENARIOS } from './pod.ts';
import { REFUSED_SCENARIOS } from './refused.ts';

export const SCENARIOS = [
  ...OPERATOR_SCENARIOS,
  ...REFUSED_SCENARIOS,
  ...POD_SCENARIOS,
  ...CONTAINER_SCENARIOS,
  ...ACCESS_SCENARIOS,
  ...INGRESS_SCENARIOS,
];
