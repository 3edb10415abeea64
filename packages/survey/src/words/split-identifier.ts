/** The words of an identifier in lower case: `getHTTPLineItem2` has `get`, `http`, `line`, `item`. */
export function splitIdentifier(identifier: string): string[] {
  return identifier
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z]+/)
    .map((word) => word.toLowerCase())
    .filter((word) => word.length > 1);
}

/**
 * Takes the ending of a plural off, so that `Vets` and `Vet`, `categories` and `category` are one word: the first step of
 * M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980, with `ies` to `y`.
 */
export function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}
