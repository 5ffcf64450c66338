/** A document is stale if its cache is older than this. The API server is heard from about every 2 s. */
export const FRESH_MS = 10_000;

export interface JsonDocument {
  /** Identifies the content; the ETag is this text in quotes. */
  readonly version: string;
  /** A serialised JSON object. */
  readonly json: string;
}

/**
 * `document` from a cache that is `ageMs` old; if that is stale, with the field `staleSince` and another version. Both stay
 * the same while the API server is unreachable.
 */
export function withStaleness(document: JsonDocument, ageMs: number): JsonDocument {
  if (ageMs <= FRESH_MS) return document;
  const since = staleSince(ageMs);
  return {
    version: `${document.version}-${Date.parse(since).toString(36)}`,
    json: `${document.json.slice(0, -1)},"staleSince":${JSON.stringify(since)}}`,
  };
}

/** The RFC 3339 time, in whole seconds, of `ageMs` ago. */
export const staleSince = (ageMs: number): string =>
  new Date(Math.floor((Date.now() - ageMs) / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
