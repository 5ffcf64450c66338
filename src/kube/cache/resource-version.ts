/**
 * Compares two resourceVersions of the same resource: below 0 if `one` is older, 0 if equal, above 0 if newer. They are
 * decimal numbers of any length (kubernetes.io/docs, "Resource versions"; comparable since Kubernetes 1.35).
 */
export function compareVersions(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The newest of the versions that are defined; undefined if there is none. */
export const newestVersion = (versions: readonly (string | undefined)[]): string | undefined =>
  versions
    .filter((version) => version !== undefined)
    .sort(compareVersions)
    .at(-1);
