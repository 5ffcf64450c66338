import { ACCESS } from './access.ts';
import type { Case } from './case.ts';
import { HOME } from './home.ts';
import { MOUNTS } from './mounts.ts';
import { NETWORK } from './network.ts';
import { POD } from './pod.ts';
import { STORAGE } from './storage.ts';
import { USER } from './user.ts';

export const CASES: readonly Case[] = [
  ...POD,
  ...USER,
  ...HOME,
  ...STORAGE,
  ...MOUNTS,
  ...ACCESS,
  ...NETWORK,
];
