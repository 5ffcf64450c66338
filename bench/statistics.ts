export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] = sorted.length % 2 ? [sorted[middle]] : sorted.slice(middle - 1);
  return (low + high) / 2;
};

/** Of figures that were taken in turns: the median of the rounds' own ratios, so that a noisy round hits both sides. */
export const medianRatio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));

/** Runs each of these in turns. */
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
