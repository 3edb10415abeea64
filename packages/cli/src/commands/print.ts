/** A value as one line of JSON; positions are numbers where JSON can hold them, else text. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'bigint') return each;
    return each <= Number.MAX_SAFE_INTEGER ? Number(each) : String(each);
  })}\n`;
}

/** Writes lines to stdout. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** How wide a line may be: the terminal's width, 80 elsewhere. */
export function lineWidth(): number {
  return process.stdout.columns ?? 80;
}
