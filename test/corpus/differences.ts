interface Difference {
  readonly reason: string;
  readonly covers: (name: string) => boolean;
}

/** Where the API refuses what the cluster would take. The other way round there is nothing to explain. */
export const DIFFERENCES: readonly Difference[] = [
  {
    reason: 'null: the cluster drops it, or puts a default in its place; the API drops nothing',
    covers: (name) => name.endsWith(': null') || name === 'stopped = null',
  },
  {
    reason:
      'metadata beside name and namespace, and status: the API applies spec alone, and refuses what it would drop',
    covers: (name) => ['labels', 'finalizers', 'a status'].includes(name),
  },
  {
    reason: 'half a surrogate pair: the cluster puts U+FFFD in its place; the API changes nothing',
    covers: (name) => name === 'half a surrogate pair',
  },
];
