import { authentication } from './authentication.ts';
import { creates } from './creates.ts';
import { events } from './events.ts';
import { firstList } from './first-list.ts';
import { growth } from './growth.ts';
import { lists } from './lists.ts';
import { memory } from './memory.ts';
import { reads } from './reads.ts';
import type { Row } from './row.ts';
import { scheduling } from './scheduling.ts';
import { start } from './start.ts';
import { turns } from './turns.ts';

/** In the order of the report. */
export const ROWS: readonly Row[] = [
  reads,
  authentication,
  lists,
  creates,
  start,
  firstList,
  memory,
  events,
  growth,
  turns,
  scheduling,
];
