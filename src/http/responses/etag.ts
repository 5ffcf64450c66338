/** Whether an If-None-Match header (RFC 9110, 13.1.2) matches `etag`, by weak comparison. */
export function matchesETag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
