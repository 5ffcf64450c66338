/** Whether an If-None-Match header names `etag` (RFC 9110, 13.1.2: a list, weak or strong, or `*`). */
export function matchesETag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
