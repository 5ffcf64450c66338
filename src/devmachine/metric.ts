/** A metric whose value is read at each scrape. docs/operations.md explains each one. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter only increases. */
  readonly type: 'gauge' | 'counter';
  readonly value: () => number;
}
