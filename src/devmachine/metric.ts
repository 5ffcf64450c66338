/** A metric whose value is read at each scrape. docs/operations.md explains each one. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** A counter only increases. */
  readonly type: 'gauge' | 'counter';
  /** The only label, of a metric that has several values. */
  readonly label?: string;
  /** With `label`, the values by the label's value. */
  readonly value: () => number | ReadonlyMap<string, number>;
}
