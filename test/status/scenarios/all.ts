import { ACCESS_SCENARIOS } from './access.ts';
import { CONTAINER_SCENARIOS } from './container.ts';
import { OPERATOR_SCENARIOS } from './operator.ts';
import { POD_SCENARIOS } from './pod.ts';

export const SCENARIOS = [
  ...OPERATOR_SCENARIOS,
  ...POD_SCENARIOS,
  ...CONTAINER_SCENARIOS,
  ...ACCESS_SCENARIOS,
];
