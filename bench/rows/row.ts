import type { Cluster } from '../cluster/cluster.ts';
import type { Measured } from '../result.ts';

export interface Bench {
  readonly cluster: Cluster;
  readonly rounds: number;
  /** Folder for the CPU profiles of measured processes; undefined: no profiles. */
  readonly profileDir: string | undefined;
  readonly progress: (line: string) => void;
}

/** The content of the cluster when a row is measured. */
export interface Stage {
  readonly machines: number;
  readonly dependents: boolean;
}

/** One measurement, at each of its stages. */
export interface Row {
  readonly name: string;
  readonly stages: readonly Stage[];
  measure(bench: Bench, stage: Stage): Promise<Measured[]>;
}

export const machinesOnly = (machines: number): Stage => ({ machines, dependents: false });
export const withDependents = (machines: number): Stage => ({ machines, dependents: true });

export const describe = ({ machines, dependents }: Stage): string =>
  `${machines.toLocaleString('en')} machines${dependents ? ' with their dependents' : ''}`;
