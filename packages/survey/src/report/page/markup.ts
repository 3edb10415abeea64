/** A piece of a page that is safe to put into another. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | undefined | readonly Value[];

/** A piece of HTML or SVG: whatever is put in is text, in quoted attributes too, unless it is such a piece itself. */
export function html(pieces: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    pieces.map((piece, at) => piece + (at < values.length ? written(values[at]) : '')).join(''),
  );
}

function written(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(written).join('');
  return escaped(String(value));
}

/** Names of files come from anywhere: signs that would hide or turn around what is read are shown as such. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseen = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escaped(text: string): string {
  return text.replace(unseen, '\ufffd').replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
