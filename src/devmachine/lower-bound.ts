/**
 * The index of the first of `length` sorted elements that does not come before what is looked for, and `length` if all of
 * them do. `isBefore` is true for the indexes before it, and false from there on.
 */
export function lowerBound(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
