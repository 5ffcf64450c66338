const DECIMAL = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 } as const;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const QUANTITY = /^(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([-+]?\d{1,2}))?$/;

/**
 * A Kubernetes quantity, such as "500m" or "1.5Gi", in billionths of its unit, rounded up: exact, so that sums can be
 * compared. Undefined if the text is not a quantity. client-node has a function like this one (quantityToScalar), but does
 * not export it, and it throws for "1.5Gi".
 */
export function toNano(quantity: string): bigint | undefined {
  const [, whole = '', fraction = '', binary, decimal, exponent] = QUANTITY.exec(quantity) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const power =
    9 - fraction.length + (decimal ? DECIMAL[decimal as keyof typeof DECIMAL] : Number(exponent ?? 0));
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary) + 1);
  const digits = BigInt(whole + fraction) * factor;
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (digits + divisor - 1n) / divisor;
}
