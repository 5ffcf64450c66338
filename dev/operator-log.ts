/** A log entry of helm-operator. Fields of other entries are not used here. */
interface Entry {
  readonly level: string;
  readonly msg: string;
  readonly error?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The operator retries what fails, several times a second at first: a repeated line is printed again after this time. */
const REPEAT_MS = 60_000;

/**
 * Takes the text of helm-operator's log as it grows and prints a line for each failure. The log mixes two formats:
 *
 *     {"level":"error",…,"msg":"Release failed","namespace":"team","name":"m","error":"…"}\n
 *     release upgrade failed; <what Helm says>
 *
 * The second one is how helm-operator reports why an upgrade failed. It names no machine and has no end of line, so the
 * next entry follows on the same line.
 */
export function createFailureLog(
  print: (line: string) => void,
  now: () => number = Date.now,
): (text: string) => void {
  const printed = new Map<string, number>();
  let rest = '';
  const report = (subject: string, message: string) => {
    const key = `${subject} ${message}`;
    const last = printed.get(key);
    if (last !== undefined && now() - last < REPEAT_MS) return;
    printed.set(key, now());
    print(`[operator] ${subject}${message.trim().replaceAll('\n', '\n  ')}`);
  };
  const readLine = (line: string) => {
    const start = line.indexOf('{"level":');
    const text = start < 0 ? line : line.slice(0, start);
    for (const part of text.split(/(?=release upgrade failed; )/)) {
      if (part !== '' && !/^[IW]\d{4} /.test(part)) report('', part.replace(KLOG_ERROR, ''));
    }
    const entry = start < 0 ? undefined : parse(line.slice(start));
    if (entry === undefined || !isFailure(entry)) return;
    const { namespace, name, msg, error = msg } = entry;
    report(name === undefined ? '' : `${namespace}/${name}: `, error);
  };
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) readLine(line);
  };
}

/** A conflict is not a failure: somebody changed the machine, and the operator starts again with the new version. */
const isFailure = ({ level, error = '' }: Entry): boolean =>
  !['debug', 'info', 'warn'].includes(level) && !error.startsWith('Operation cannot be fulfilled on ');

/** client-go logs with klog: `W1127 10:15:00.123456       1 reflector.go:561] …`. Errors start with an E. */
const KLOG_ERROR = /^E\d{4} [^\]]*\] /;

function parse(json: string): Entry | undefined {
  try {
    return JSON.parse(json) as Entry;
  } catch {
    return undefined;
  }
}
