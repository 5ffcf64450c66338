/** A number that is looked up when somebody wants to see it; docs/operations.md explains each. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter only grows. */
  readonly type: 'gauge' | 'counter';
  readonly value: () => number;
}
