import { DevMachineError } from '../../devmachine/errors.ts';

/** One entity tag of a list (RFC 9110, 8.8.3; its text may hold commas), to the comma or the end after it. */
const ITEM = /(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,[ \t]*|$)/y;
/** What the ETag of a status says of the spec: `<uid>.<generation>.<digest>`. */
const STATUS_TAG = /^([^.]+)\.([0-9]+)\.[^.]*$/;

interface SpecVersion {
  readonly uid: string;
  readonly generation: number;
}

/**
 * Whether an If-Match header (RFC 9110, 13.1.1) names the spec that the machine has now. What the status says beside it
 * changes by itself all the time and says nothing of the spec, so the digest does not count. Weak tags never match.
 */
export function matchesSpec(header: string, { uid, generation }: SpecVersion): boolean {
  if (header.trim() === '*') return true;
  return strongTags(header).some((tag) => {
    const [, seenUid, seenGeneration] = STATUS_TAG.exec(tag) ?? [];
    return seenUid === uid && Number(seenGeneration) === generation;
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
