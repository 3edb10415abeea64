const namesShown = 6;

/** `a, b and c`; of many the first ones and how many more. */
export function someOf(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  const more = names.length - namesShown;
  if (more > 1) return `${names.slice(0, namesShown).join(', ')} and ${more} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
