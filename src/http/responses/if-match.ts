import { DevMachineError } from '../../devmachine/errors.ts';
import type { SpecVersion } from '../../devmachine/machines.ts';

/** One entity tag of a list (RFC 9110, 8.8.3; a tag may contain commas), up to the comma or the end that follows it. */
const ITEM = /(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,[ \t]*|$)/y;
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
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < list.length) {
    const [item, weak, text] = ITEM.exec(list) ?? [];
    if (item === undefined) throw malformed();
    if (text !== undefined && !weak) tags.push(text);
  }
  if (!list.includes('"')) throw malformed();
  return tags;
}

const malformed = (): DevMachineError =>
  new DevMachineError('invalid-request', 'If-Match is neither * nor a list of ETags in quotes.');
