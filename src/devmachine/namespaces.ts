/** Namespaces by name. */
export interface Namespaces {
  /** Sorted. */
  readonly names: readonly string[];
  /** Whether there may be more. */
  readonly incomplete: boolean;
}
