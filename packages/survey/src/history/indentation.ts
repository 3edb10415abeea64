/** The sum of the levels of indentation of all lines that are not blank; a tab or two spaces are a level. */
export function indentationOf(source: string): number {
  let sum = 0;
  for (const line of source.split('\n')) {
    const [blank = ''] = /^[ \t]*(?=\S)/.exec(line) ?? [];
    for (const one of blank) sum += one === '\t' ? 1 : 0.5;
  }
  return sum;
}
