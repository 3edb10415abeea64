const told = 5;
/** Less alike is not what was meant. */
const least = 0.4;

/** `Perhaps: a, b.` with the names that are most like a name that is not among them; without any `It found none.` */
export function perhaps(name: string, among: readonly string[]): string {
  if (among.length === 0) return 'It found none.';
  const wanted = name.toLowerCase();
  const alike = [...new Set(among)]
    .map((each) => ({ each, likeness: likeness(wanted, each.toLowerCase()) }))
    .filter(({ likeness: degree }) => degree >= least)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, told);
  if (alike.length === 0) return 'Run it with --json for all names.';
  return `Perhaps: ${alike.map(({ each }) => each).join(', ')}.`;
}

/** The share of pairs of letters that two names have in common. L. R. Dice, Ecology 26, 1945. */
function likeness(a: string, b: string): number {
  const pairs = (text: string) =>
    new Set(Array.from({ length: text.length + 1 }, (_, at) => ` ${text} `.slice(at, at + 2)));
  const [mine, theirs] = [pairs(a), pairs(b)];
  const common = [...mine].filter((pair) => theirs.has(pair)).length;
  return (2 * common) / (mine.size + theirs.size);
}
