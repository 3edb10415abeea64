const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Markup {
  constructor(source) {
    this.source = source;
  }
  toString() {
    return this.source;
  }
}

/** A template whose values are escaped, but for other templates and lists of them. */
export function html(strings, ...values) {
  return new Markup(strings.reduce((page, part, index) => page + render(values[index - 1]) + part));
}

function render(value) {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Markup) return value.source;
  if (Array.isArray(value)) return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}
