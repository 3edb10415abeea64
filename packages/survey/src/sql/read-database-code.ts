/** A view, a function or a trigger that a script creates. */
export interface SchemaCode {
  readonly kind: 'view' | 'function' | 'trigger';
  readonly name: string;
  /** Of a trigger the table that it watches. */
  readonly on?: string | undefined;
  /** Of a trigger the function that it runs. */
  readonly runs?: string | undefined;
  /** All words of it in lower case; those that are names of tables are its tables. */
  readonly words: readonly string[];
  readonly line: number;
}

const name = String.raw`(?:["\`\[]?[\w$]+["\`\]]?\.)?["\`\[]?([\w$]+)["\`\]]?`;
const create = new RegExp(
  String.raw`\bcreate\s+(?:or\s+(?:replace|alter)\s+)?(?:temp(?:orary)?\s+)?(?:constraint\s+|materialized\s+|recursive\s+|definer\s*=\s*\S+\s+)*(view|function|procedure|trigger)\s+(?:if\s+not\s+exists\s+)?${name}`,
  'gi',
);
const watches = new RegExp(String.raw`\bon\s+${name}`, 'i');
const execute = new RegExp(String.raw`\bexecute\s+(?:function|procedure)\s+${name}`, 'i');

/** Views, functions and triggers of a script without comments, in any dialect. */
export function readDatabaseCode(sql: string, line: (at: number) => number): SchemaCode[] {
  return [...sql.matchAll(create)].map((match): SchemaCode => {
    const text = sql.slice(match.index, endOf(sql, match.index + match[0].length));
    const kind = match[1]!.toLowerCase();
    const called = match[2]!.toLowerCase();
    const words = [...new Set(text.toLowerCase().match(/[\w$]+/g))];
    const read = { name: called, words, line: line(match.index) };
    if (kind !== 'trigger') return { ...read, kind: kind === 'view' ? 'view' : 'function' };
    const on = watches.exec(text)?.[1]?.toLowerCase();
    return { ...read, kind: 'trigger', on, runs: execute.exec(text)?.[1]?.toLowerCase() };
  });
}

/** Behind the body: what stands between two dollar signs, or up to the `end` of a `begin`, or to the semicolon. */
function endOf(sql: string, from: number): number {
  const semicolon = sql.indexOf(';', from);
  const first = semicolon < 0 ? sql.length : semicolon;
  const dollar = /\$\w*\$/.exec(sql.slice(from, first))?.[0];
  if (dollar !== undefined) {
    const begins = sql.indexOf(dollar, from) + dollar.length;
    const ends = sql.indexOf(dollar, begins);
    return ends < 0 ? sql.length : ends;
  }
  if (!/\bbegin\b/i.test(sql.slice(from, first))) return first;
  const end = /\bend\s*(?:\$\$|\/\/|;\s*(?:\n\s*\n|$|\/\/|\$\$|delimiter|create))/i.exec(sql.slice(from));
  return end === null ? first : from + end.index;
}
