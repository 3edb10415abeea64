import { Terminal } from '@banyan/runtime';

/**
 * `"19.99"` as `"1999"`.
 * @throws Terminal `price-not-in-cents` when it is not an amount with two decimals.
 */
export function centsOf(price: string): string {
  const [, euros, cents] = /^(\d+)\.(\d{2})$/.exec(price) ?? [];
  if (euros === undefined) {
    throw new Terminal(
      'price-not-in-cents',
      `The price "${price}" is not an amount with two decimals: correct it at its source.`,
    );
  }
  return String(BigInt(`${euros}${cents}`));
}

/** `"1999"` as `"19.99"`. */
export function priceOf(cents: string): string {
  const digits = cents.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
