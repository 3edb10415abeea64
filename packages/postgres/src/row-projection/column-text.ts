import type { ColumnValue } from './row-effect.ts';

/** A value as the text that PostgreSQL reads for a column of this type; null is NULL. */
export function columnText(value: ColumnValue, type: string): string | null {
  if (value === null) return null;
  if (type === 'jsonb' || type === 'json') return JSON.stringify(value);
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
      return type.endsWith('[]') && Array.isArray(value) ? arrayText(value, type) : JSON.stringify(value);
    default:
      return String(value);
  }
}

/** The text of an array: every element in quotes, so that none can be taken for a bracket, a comma or NULL. */
function arrayText(values: readonly unknown[], type: string): string {
  const elements = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return arrayText(value, type);
    const text = columnText(value as ColumnValue, type.slice(0, -2))!;
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${elements.join(',')}}`;
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A field of COPY's text format. */
export function copyField(text: string | null): string {
  if (text === null) return '\\N';
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character]!) : text;
}
