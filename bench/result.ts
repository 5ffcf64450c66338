import { median, ratios, spread } from './statistics.ts';

/** A bound for what is compared; its text is the one of the report. */
export interface Target {
  readonly text: string;
  readonly holds: (value: number) => boolean;
}

export const atLeast = (value: number, text = `≥ ${value}`): Target => ({
  text,
  holds: (other) => other >= value,
});
export const atMost = (value: number, text = `≤ ${value}`): Target => ({
  text,
  holds: (other) => other <= value,
});

/** One line of the report, with the values of all rounds. */
export interface Measured {
  readonly title: string;
  readonly ours: readonly number[];
  /** Without it, the values themselves are compared with the target. */
  readonly ceiling?: readonly number[];
  readonly format: (value: number) => string;
  /** What is compared with the target, by round: the ratio of both sides, or ours minus the ceiling. */
  readonly compare?: 'ratio' | 'difference';
  /** Without a target, the line only reports. */
  readonly target?: Target;
}

/** One line of the report. */
export interface Result {
  readonly title: string;
  readonly ours: string;
  readonly ceiling: string;
  readonly compared: string;
  readonly target: string;
  readonly reached: string;
}

export function toResult({ title, ours, ceiling, format, compare = 'ratio', target }: Measured): Result {
  const differences = ours.map((value, round) => value - (ceiling?.[round] ?? Number.NaN));
  const compared = ceiling ? (compare === 'ratio' ? ratios(ours, ceiling) : differences) : ours;
  const toText =
    compare === 'ratio' ? (value: number) => value.toFixed(2) : (value: number) => `+ ${format(value)}`;
  return {
    title,
    ours: spread(ours, format),
    ceiling: ceiling ? spread(ceiling, format) : '–',
    compared: ceiling ? spread(compared, toText) : '–',
    target: target?.text ?? 'none yet',
    reached: target ? toWord(compared, target) : '–',
  };
}

/** A median on one side of the target says little if rounds are on the other. */
function toWord(values: readonly number[], { holds }: Target): string {
  const word = holds(median(values)) ? 'yes' : '**no**';
  const isClear = values.every((value) => holds(value) === holds(median(values)));
  return isClear ? word : `${word}, within the spread`;
}

export const perSecond = (value: number): string => Math.round(value).toLocaleString('en');
export const ms = (value: number): string => `${value.toFixed(2)} ms`;
export const seconds = (value: number): string => `${value.toFixed(2)} s`;
export const bytes = (value: number): string => `${Math.round(value).toLocaleString('en')} B`;
