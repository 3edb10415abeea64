/** Marks a value that JSON has no form for. A text of the entry that happens to begin like a mark is marked too. */
const bigintMark = '\u0001bigint ';
const dateMark = '\u0001date ';
const textMark = '\u0001text ';

/** An entry of a feed as JSON, from which `parseEntry` makes the same again. */
export function entryText(entry: unknown): string {
  return JSON.stringify(entry, function (this: Record<string, unknown>, key, value: unknown) {
    // Dates have been turned into text before a replacer sees them; the object still has them.
    const given = this[key];
    if (given instanceof Date) return `${dateMark}${given.toISOString()}`;
    if (typeof value === 'bigint') return `${bigintMark}${value}`;
    return typeof value === 'string' && value.startsWith('\u0001') ? `${textMark}${value}` : value;
  });
}

/** The entry that `entryText` was given. */
export function parseEntry(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (value.startsWith(bigintMark)) return BigInt(value.slice(bigintMark.length));
    if (value.startsWith(dateMark)) return new Date(value.slice(dateMark.length));
    return value.startsWith(textMark) ? value.slice(textMark.length) : value;
  });
}
