import { ACCESS } from './access.ts';
import type { Case } from './case.ts';
import { POD } from './pod.ts';
import { STORAGE } from './storage.ts';

export const CASES: readonly Case[] = [...POD, ...STORAGE, ...ACCESS];
