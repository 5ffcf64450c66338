import { ACCESS } from './access.ts';
import type { Case } from './case.ts';
import { GPU } from './gpu.ts';
import { HOME } from './home.ts';
import { LABELS } from './labels.ts';
import { MOUNTS } from './mounts.ts';
import { NETWORK } from './network.ts';
import { POD } from './pod.ts';
import { ROOM } from './room.ts';
import { STORAGE } from './storage.ts';
import { USER } from './user.ts';

export const CASES: readonly Case[] = [
  ...POD,
  ...GPU,
  ...USER,
  ...HOME,
  ...STORAGE,
  ...MOUNTS,
  ...ROOM,
  ...LABELS,
  ...ACCESS,
  ...NETWORK,
];
