import { isDeepStrictEqual } from 'node:util';

/** What a storm of calls has to leave behind, found out from the answers alone. */

// biome-ignore lint/suspicious/noExplicitAny: a spec as it is answered
export type Spec = any;

/** One call, and what came of it. */
export interface Call {
  readonly name: string;
  readonly op: 'create' | 'replace' | 'stop' | 'start' | 'restart' | 'delete' | 'edit';
  readonly began: number;
  readonly ended: number;
  readonly gist: string;
  /** The machine of an answer of success. */
  readonly machine?: Seen | undefined;
  /** The fields by which the wish of a `create`, a `replace` or an `edit` is known. */
  readonly asked?: Spec;
  /** Of a `replace` with If-Match: the generation that its caller had seen. */
  readonly onlyIf?: number | undefined;
}

export interface Seen {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly spec: Spec;
}

type Accepted = Call & { readonly machine: Seen };

/** `defaults`: what the cluster fills in. Returns what is wrong, in words. */
export function faultsOfMachine(calls: readonly Call[], defaults: Spec): string[] {
  const accepted = calls.filter((call): call is Accepted => call.machine !== undefined);
  return [...byGeneration(accepted, defaults), ...accepted.flatMap(unfulfilled), ...backwards(accepted)];
}

/** Every generation follows from the one before by the wish of exactly one call. */
function byGeneration(accepted: readonly Accepted[], defaults: Spec): string[] {
  const faults: string[] = [];
  const generations = Map.groupBy(accepted, ({ machine }) => machine.generation);
  const last = Math.max(...generations.keys());
  for (let generation = 1; generation <= last; generation++) {
    const answers = generations.get(generation) ?? [];
    const [first] = answers;
    if (!first) {
      faults.push(`generation ${generation} of ${last}: nobody's wish`);
      continue;
    }
    const { spec } = first.machine;
    if (answers.some(({ machine }) => !isDeepStrictEqual(machine.spec, spec))) {
      faults.push(`generation ${generation}: two specs`);
    }
    const before = generations.get(generation - 1)?.[0]?.machine.spec;
    const authors = answers.filter((call) => isDeepStrictEqual(wished(call, before, defaults), spec));
    const certain = answers.filter(({ op, gist }) => op === 'restart' || op === 'edit' || gist === '201');
    const replaced = answers.filter(({ op }) => op === 'replace');
    if (authors.length === 0) faults.push(`generation ${generation}: lost or foreign ${ops(answers)}`);
    if (certain.length + replaced.length > 1)
      faults.push(`generation ${generation}: ${ops(answers)} at once`);
  }
  return faults;
}

/** What a call makes of the spec before it; fields that somebody else has edited stay. */
function wished({ op, asked, machine }: Accepted, before: Spec, defaults: Spec): Spec {
  const nodeSelector = before?.nodeSelector && { nodeSelector: before.nodeSelector };
  switch (op) {
    case 'create':
      return before === undefined ? { ...defaults, ...asked } : undefined;
    case 'replace':
      return before && { ...defaults, ...asked, ...nodeSelector };
    case 'restart':
      return (
        before &&
        before.restartedAt !== machine.spec.restartedAt && {
          ...before,
          stopped: false,
          restartedAt: machine.spec.restartedAt,
        }
      );
    case 'edit':
      return before && { ...before, ...asked };
    default:
      return before && { ...before, stopped: op === 'stop' };
  }
}

/** What was accepted holds in the very answer, also where nothing had to change. */
function unfulfilled({ op, asked, onlyIf, machine: { generation, spec } }: Accepted): string[] {
  const wish =
    op === 'stop'
      ? { stopped: true }
      : op === 'start' || op === 'restart'
        ? { stopped: false }
        : (asked as object);
  const faults = Object.entries(wish)
    .filter(([key, value]) => !isDeepStrictEqual(spec[key], value))
    .map(([key]) => `generation ${generation}: ${op} without its ${key}`);
  if (onlyIf !== undefined && generation !== onlyIf + 1) {
    faults.push(`generation ${generation}: replaced although its caller had seen ${onlyIf}`);
  }
  return faults;
}

/** An answer is never older than one that was complete before its call began. */
function backwards(accepted: readonly Accepted[]): string[] {
  const faults: string[] = [];
  const ends = accepted.toSorted((a, b) => a.ended - b.ended);
  let index = 0;
  let highest = 0;
  for (const { began, machine, op } of accepted.toSorted((a, b) => a.began - b.began)) {
    for (let end = ends[index]; end && end.ended < began; end = ends[++index]) {
      highest = Math.max(highest, end.machine.generation);
    }
    if (machine.generation < highest) faults.push(`${op} answered ${machine.generation} after ${highest}`);
  }
  return faults;
}

const ops = (answers: readonly Accepted[]): string =>
  answers.map(({ op, machine }) => `${op} → ${JSON.stringify(machine.spec)}`).join(' | ');
