import type { Fields } from './fields.ts';

const keepAlive = ['keep-alive'];
const close = ['close'];

/** What the Connection header names, in lower case; undefined where there is none. */
export function connectionTokens({ names, pairs }: Fields): readonly string[] | undefined {
  let tokens: readonly string[] | undefined;
  for (
    let index = names.indexOf('connection');
    index !== -1;
    index = names.indexOf('connection', index + 1)
  ) {
    const named = tokensOf(pairs[2 * index + 1]!);
    tokens = tokens === undefined ? named : tokens.concat(named);
  }
  return tokens;
}

function tokensOf(value: string): readonly string[] {
  // Nearly all say one of these.
  if (value === 'keep-alive') return keepAlive;
  if (value === 'close') return close;
  return value
    .toLowerCase()
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
}
