/** A column of a table: what stands above it, and whether its values are numbers. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
  /** Characters at most; what is longer ends in `…`. */
  readonly most?: number;
}

/** The narrowest that a column is made so that the lines fit. */
const narrowest = 6;

/** Lines of a table. Where they would be wider than `width` the widest columns are cut. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = 80,
): readonly string[] {
  const clean = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, ' ')));
  const widths = fitted(
    columns.map(({ title, most = width }, index) =>
      Math.min(most, Math.max(title.length, ...clean.map((row) => row[index]!.length))),
    ),
    width,
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const text = cut(cell, widths[index]!);
        return columns[index]!.right ? text.padStart(widths[index]!) : text.padEnd(widths[index]!);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...clean.map(line)];
}

function fitted(widths: readonly number[], width: number): readonly number[] {
  const fitting = [...widths];
  const total = () => fitting.reduce((sum, each) => sum + each, 0) + 2 * (fitting.length - 1);
  while (total() > width && Math.max(...fitting) > narrowest) {
    fitting[fitting.indexOf(Math.max(...fitting))]! -= 1;
  }
  return fitting;
}

/** A text of at most so many characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
}
