interface Difference {
  readonly reason: string;
  readonly covers: (name: string) => boolean;
}

/** The bodies that the API refuses but the cluster accepts. The opposite is never allowed. */
export const DIFFERENCES: readonly Difference[] = [
  {
    reason: 'null: the cluster drops the field or fills in its default, but the API never drops a field',
    covers: (name) => name.endsWith(': null') || name === 'stopped = null',
  },
  {
    reason:
      'metadata other than name and namespace, and status: the API applies only the spec, and refuses what it would drop',
    covers: (name) => ['labels', 'finalizers', 'a status'].includes(name),
  },
  {
    reason: 'half a surrogate pair: the cluster replaces it with U+FFFD, but the API never changes a value',
    covers: (name) => name === 'half a surrogate pair',
  },
];
