import { shorten } from './redact.ts';
import type { Difference } from './reply.ts';

const before = 30;

/** Compares texts line by line; the end of a line may be written either way. */
export function compareText(
  owner: string,
  candidate: string,
  { noisy = new Set(), limit = 20 }: { readonly noisy?: ReadonlySet<string>; readonly limit?: number } = {},
): Difference[] {
  const [ours, theirs] = [owner.split(/\r?\n/), candidate.split(/\r?\n/)];
  const single = ours.length === 1 && theirs.length === 1;
  const found: Difference[] = [];
  for (let index = 0; index < Math.max(ours.length, theirs.length) && found.length < limit; index++) {
    const [mine, other] = [ours[index], theirs[index]];
    const at = single ? 'body' : `line ${index + 1}`;
    const shape = mine === undefined || other === undefined;
    if (mine === other || (!shape && noisy.has(at))) continue;
    found.push({
      at,
      ...excerpts(mine, other),
      ...(shape ? { shape: true } : {}),
    });
  }
  return found;
}

/** Both from shortly before the first difference. */
function excerpts(owner: string | undefined, candidate: string | undefined): Partial<Difference> {
  let from = 0;
  if (owner !== undefined && candidate !== undefined) {
    while (from < owner.length && owner[from] === candidate[from]) from++;
  }
  const start = Math.max(0, from - before);
  const excerpt = (text: string) => shorten('', text.slice(start, start + 400));
  return {
    ...(owner === undefined ? {} : { owner: excerpt(owner) }),
    ...(candidate === undefined ? {} : { candidate: excerpt(candidate) }),
  };
}
