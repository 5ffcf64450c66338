export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = sorted.length % 2 ? [sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
};

/** The ratios of the rounds: a noisy round affects both sides, so its ratio stays valid. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((value, round) => value / (theirs[round] ?? Number.NaN));

/** The median with the smallest and the largest value. */
export function spread(values: readonly number[], format: (value: number) => string): string {
  const text = format(median(values));
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? text : `${text} (${low} to ${high})`;
}

/** Runs the sides alternately. Returns the results of each side, by round. */
export async function inRounds<T>(
  rounds: number,
  sides: readonly (() => Promise<T>)[],
): Promise<readonly T[][]> {
  const results: T[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) results[index]?.push(await side());
  }
  return results;
}
