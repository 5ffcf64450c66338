/**
 * Whether one resourceVersion is older than (below 0), the same as (0) or newer than (above 0) another of the same
 * resource. They are decimal numbers of any length (kubernetes.io/docs, "Resource versions"; comparable since 1.35).
 */
export function compareVersions(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one > other ? 1 : 0;
}
