import { DevMachineError } from '../../devmachine/errors.ts';
import type { SpecVersion } from '../../devmachine/machines.ts';

/**
 * One entry of a list of entity tags (RFC 9110, 8.8.3) with the comma or the end that follows it. An entry may be empty, and
 * a tag may contain commas. Sticky: each match begins where the previous one ended, so a header is read in linear time.
 */
const ENTRY = /(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,[ \t]*|$)/y;
/** The ETag of a status: `<uid>.<generation>.<digest>`. */
const STATUS_TAG = /^([^.]+)\.([0-9]+)\.[^.]*$/;

/**
 * The spec versions that an If-Match header (RFC 9110, 13.1.1) allows; undefined for `*`, which allows any. The digest in
 * an ETag is ignored because a status changes without a change of the spec. Weak tags never match. Throws invalid-request.
 */
export function parseIfMatch(header: string): readonly SpecVersion[] | undefined {
  if (header.trim() === '*') return undefined;
  return strongTags(header).flatMap((tag) => {
    const [, uid, generation] = STATUS_TAG.exec(tag) ?? [];
    return uid === undefined ? [] : [{ uid, generation: Number(generation) }];
  });
}

function strongTags(header: string): string[] {
  const list = header.trim();
  const tags: string[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < list.length) {
    const [entry, weak, tag] = ENTRY.exec(list) ?? [];
    if (entry === undefined) throw malformed();
    if (tag !== undefined && !weak) tags.push(tag);
  }
  if (!list.includes('"')) throw malformed();
  return tags;
}

const malformed = (): DevMachineError =>
  new DevMachineError('invalid-request', 'If-Match must be * or a list of ETags in double quotes.');
