const irregular: Readonly<Record<string, string>> = {
  person: 'people',
  child: 'children',
  man: 'men',
  woman: 'women',
  mouse: 'mice',
};

/** The plural that frameworks name tables by. */
export function plural(word: string): string {
  const [, before, last] = /^(.*_)?([^_]*)$/.exec(word)!;
  const known = irregular[last!];
  if (known !== undefined) return `${before ?? ''}${known}`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** The singular of a name in snake case that frameworks made a plural of. */
export function unplural(word: string): string {
  for (const [one, many] of Object.entries(irregular))
    if (word === many || word.endsWith(`_${many}`)) return word.slice(0, -many.length) + one;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** `OrderLine` to `order_line`. */
export function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** `order_lines` to `OrderLines`. */
export function camelCase(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_all, _bar, letter: string) => letter.toUpperCase());
}
