import { isDeepStrictEqual } from 'node:util';

/** Checks concurrent writes for lost updates, from their responses alone. */

// biome-ignore lint/suspicious/noExplicitAny: a spec as the API returns it
export type Spec = any;

/** A write, and its result. */
export interface Call {
  readonly name: string;
  readonly op: 'create' | 'replace' | 'stop' | 'start' | 'restart' | 'delete' | 'edit';
  readonly startedAt: number;
  readonly endedAt: number;
  /** Status, and the type of a problem: `409 conflict`. */
  readonly outcome: string;
  /** The machine in the response, if the write succeeded. */
  readonly machine?: Observed | undefined;
  /** Fields that identify a `create`, `replace` or `edit`: no other call requests the same values. */
  readonly requested?: Spec;
  /** The generation in the If-Match of a `replace`. */
  readonly ifGeneration?: number | undefined;
}

export interface Observed {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly spec: Spec;
}

type Accepted = Call & { readonly machine: Observed };

/** Returns how the calls on one machine violate consistency. `defaults` is the spec that the API server fills in. */
export function findViolations(calls: readonly Call[], defaults: Spec): string[] {
  const accepted = calls.filter((call): call is Accepted => call.machine !== undefined);
  return [
    ...checkGenerations(accepted, defaults),
    ...accepted.flatMap(checkResponse),
    ...checkOrder(accepted),
  ];
}

/** Every generation must be the result of exactly one call on the generation before. */
function checkGenerations(accepted: readonly Accepted[], defaults: Spec): string[] {
  const violations: string[] = [];
  const generations = Map.groupBy(accepted, ({ machine }) => machine.generation);
  const last = Math.max(...generations.keys());
  for (let generation = 1; generation <= last; generation++) {
    const responses = generations.get(generation) ?? [];
    const [first] = responses;
    if (!first) {
      violations.push(`generation ${generation} of ${last}: no call`);
      continue;
    }
    const { spec } = first.machine;
    if (responses.some(({ machine }) => !isDeepStrictEqual(machine.spec, spec))) {
      violations.push(`generation ${generation}: two specs`);
    }
    const before = generations.get(generation - 1)?.[0]?.machine.spec;
    const authors = responses.filter((call) => isDeepStrictEqual(resultOf(call, before, defaults), spec));
    const certain = responses.filter(
      ({ op, outcome }) => op === 'restart' || op === 'edit' || outcome === '201',
    );
    const replaced = responses.filter(({ op }) => op === 'replace');
    if (authors.length === 0)
      violations.push(`generation ${generation}: lost or unknown update ${describe(responses)}`);
    if (certain.length + replaced.length > 1)
      violations.push(`generation ${generation}: ${describe(responses)} concurrently`);
  }
  return violations;
}

/** The spec that a call produces from the spec before it. Fields that another client has edited stay. */
function resultOf({ op, requested, machine }: Accepted, before: Spec, defaults: Spec): Spec {
  const nodeSelector = before?.nodeSelector && { nodeSelector: before.nodeSelector };
  switch (op) {
    case 'create':
      return before === undefined ? { ...defaults, ...requested } : undefined;
    case 'replace':
      return before && { ...defaults, ...requested, ...nodeSelector };
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
      return before && { ...before, ...requested };
    default:
      return before && { ...before, stopped: op === 'stop' };
  }
}

/** The response must contain the requested values, even if nothing changed. */
function checkResponse({ op, requested, ifGeneration, machine: { generation, spec } }: Accepted): string[] {
  const expected =
    op === 'stop'
      ? { stopped: true }
      : op === 'start' || op === 'restart'
        ? { stopped: false }
        : (requested as object);
  const violations = Object.entries(expected)
    .filter(([key, value]) => !isDeepStrictEqual(spec[key], value))
    .map(([key]) => `generation ${generation}: ${op} without the requested ${key}`);
  if (ifGeneration !== undefined && generation !== ifGeneration + 1) {
    violations.push(`generation ${generation}: replaced with an If-Match of generation ${ifGeneration}`);
  }
  return violations;
}

/** A response must not be older than one that was complete before the call started. */
function checkOrder(accepted: readonly Accepted[]): string[] {
  const violations: string[] = [];
  const ends = accepted.toSorted((a, b) => a.endedAt - b.endedAt);
  let index = 0;
  let highest = 0;
  for (const { startedAt, machine, op } of accepted.toSorted((a, b) => a.startedAt - b.startedAt)) {
    for (let end = ends[index]; end && end.endedAt < startedAt; end = ends[++index]) {
      highest = Math.max(highest, end.machine.generation);
    }
    if (machine.generation < highest)
      violations.push(`${op} returned generation ${machine.generation} after ${highest}`);
  }
  return violations;
}

const describe = (responses: readonly Accepted[]): string =>
  responses.map(({ op, machine }) => `${op} → ${JSON.stringify(machine.spec)}`).join(' | ');
