/** Writes plain data as YAML. Takes what JSON can hold. */
export function toYaml(value: unknown): string {
  return isEmpty(value) || typeof value !== 'object' ? `${scalar(value)}\n` : `${block(value, '')}\n`;
}

function block(value: object | null, indent: string): string {
  if (Array.isArray(value)) {
    return value.map((item) => `${indent}-${nested(item, `${indent}  `, true)}`).join('\n');
  }
  return Object.entries(value ?? {})
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${indent}${scalar(key)}:${nested(item, `${indent}  `, false)}`)
    .join('\n');
}

/** What follows a dash or a colon. */
function nested(value: unknown, indent: string, inList: boolean): string {
  if (typeof value !== 'object' || isEmpty(value)) return ` ${scalar(value)}`;
  const text = block(value, indent);
  return inList ? ` ${text.slice(indent.length)}` : `\n${text}`;
}

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** Text that YAML reads as text, and as nothing else, without quotes. */
const PLAIN = /^([A-Za-z/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*|[0-9]+[KMGTPE]i)$/;
const OTHER_MEANING = /^(true|false|yes|no|on|off|null|y|n)$/i;

function scalar(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value) && !OTHER_MEANING.test(value)) return value;
  // JSON is YAML, but for two characters that YAML counts as line ends.
  return JSON.stringify(value)
    .replaceAll('\u0085', '\\u0085')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
