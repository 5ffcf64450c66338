import type { Cluster } from '../cluster/cluster.ts';

/** One line of the results. */
export interface Result {
  readonly what: string;
  readonly ours: string;
  readonly ceiling: string;
  readonly ratio: string;
  readonly aim: string;
  readonly reached: boolean;
}

export interface Bench {
  readonly cluster: Cluster;
  readonly rounds: number;
  /** Of the processes that are measured, into this folder; undefined: none are written. */
  readonly profileDir: string | undefined;
  readonly progress: (line: string) => void;
}

/** How much the cluster holds when a row is measured. */
export interface Stage {
  readonly machines: number;
  readonly parts: boolean;
}

/** One thing that is measured, at every stage that it names, in the order of their size. */
export interface Row {
  readonly name: string;
  readonly stages: readonly Stage[];
  /** What it says at this stage. */
  measure(bench: Bench, stage: Stage): Promise<Result[]>;
}

export const alone = (machines: number): Stage => ({ machines, parts: false });
export const withParts = (machines: number): Stage => ({ machines, parts: true });

export const describe = ({ machines, parts }: Stage): string =>
  `${machines.toLocaleString('en')} machines${parts ? ' with their parts' : ''}`;
