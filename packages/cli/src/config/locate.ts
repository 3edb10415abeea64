/** Lines of the values of an object literal, by their paths: `migrations.catalogue.tables.0`. */
export type Lines = ReadonlyMap<string, number>;

/**
 * Finds where the values of a configuration are written: the object literal given to `defineConfig`, or exported by default.
 * What is not written there as a literal (a variable, a spread, a call) is not found. Reads the text only; no code is run.
 */
export function linesOf(source: string): Lines {
  const start = literalStart.exec(source);
  const reader = new Reader(source, start === null ? source.length : start.index + start[0].length - 1);
  reader.value([]);
  return reader.lines;
}

/** The bracket that the literal begins with, not within a comment of a line. */
const literalStart = /^(?!\s*\/\/).*(?:\bdefineConfig\s*\(|^export\s+default\b)\s*\{/m;

/** The line of a path, or of the nearest thing around it that is found. */
export function lineOf(lines: Lines, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(path.slice(0, length).join('.'));
    if (line !== undefined) return line;
  }
  return undefined;
}

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };
const keyPattern = /[A-Za-z_$][\w$]*|\d+/y;

class Reader {
  readonly lines = new Map<string, number>();
  readonly #source: string;
  #at: number;

  constructor(source: string, at: number) {
    this.#source = source;
    this.#at = at;
  }

  value(path: readonly string[]): void {
    this.#space();
    if (path.length > 0) this.#mark(path, this.#at);
    if (this.#source[this.#at] === '{') this.#object(path);
    else if (this.#source[this.#at] === '[') this.#array(path);
    this.#rest();
  }

  #object(path: readonly string[]): void {
    this.#at++;
    for (;;) {
      this.#space();
      const sign = this.#source[this.#at];
      if (sign === undefined || sign === '}') break;
      if (sign === ',') {
        this.#at++;
        continue;
      }
      const began = this.#at;
      const key = this.#key();
      this.#space();
      if (key !== undefined && this.#source[this.#at] === ':') {
        this.#at++;
        this.value([...path, key]);
        this.#mark([...path, key], began);
      } else {
        if (key !== undefined) this.#mark([...path, key], began);
        this.#rest();
      }
    }
    this.#at++;
  }

  #array(path: readonly string[]): void {
    this.#at++;
    for (let index = 0; ; index++) {
      this.#space();
      const sign = this.#source[this.#at];
      if (sign === undefined || sign === ']') break;
      this.value([...path, String(index)]);
      this.#space();
      if (this.#source[this.#at] === ',') this.#at++;
    }
    this.#at++;
  }

  #key(): string | undefined {
    const sign = this.#source[this.#at];
    if (sign === '"' || sign === "'") {
      const from = this.#at;
      this.#text(sign);
      return this.#source.slice(from + 1, this.#at - 1);
    }
    keyPattern.lastIndex = this.#at;
    const found = keyPattern.exec(this.#source);
    if (found === null) return undefined;
    this.#at = keyPattern.lastIndex;
    return found[0];
  }

  /** Passes whatever else there is, up to the end of the value. */
  #rest(): void {
    const open: string[] = [];
    for (; this.#at < this.#source.length; ) {
      const before = this.#at;
      this.#space();
      const sign = this.#source[this.#at];
      if (sign === undefined) return;
      if (open.length === 0 && (sign === ',' || sign === '}' || sign === ']' || sign === ')')) return;
      if (sign === '"' || sign === "'" || sign === '`') this.#text(sign);
      else {
        if (sign in closing) open.push(closing[sign]!);
        else if (sign === open.at(-1)) open.pop();
        this.#at++;
      }
      if (this.#at === before) return;
    }
  }

  #text(quote: string): void {
    this.#at++;
    while (this.#at < this.#source.length && this.#source[this.#at] !== quote) {
      this.#at += this.#source[this.#at] === '\\' ? 2 : 1;
    }
    this.#at++;
  }

  #space(): void {
    const space = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    space.lastIndex = this.#at;
    space.exec(this.#source);
    this.#at = Math.max(this.#at, space.lastIndex);
  }

  #mark(path: readonly string[], at: number): void {
    this.lines.set(path.join('.'), this.#source.slice(0, at).split('\n').length);
  }
}
