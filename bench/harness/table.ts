import type { Row } from './compare.ts';

/** Lines of 80 columns at most. */
const columns = { name: 26, rate: 10, spread: 24, ratio: 14 };

/** A row for people to read: a heading, and a line for each contestant. */
export function formatRow(row: Row): string {
  const heading = `${row.work} (${row.unit}, median of ${row.runs})`;
  const lines = [
    line('', 'rate', 'min .. max', 'ours / peer'),
    line('ours', rate(row.ours), spread(row, 'ours'), ''),
    ...Object.entries(row.peers).map(([name, value]) =>
      line(name, rate(value), spread(row, name), `${row.ratios[name]!.toFixed(2)} x`),
    ),
  ];
  return [heading, ...lines].join('\n');
}

function line(name: string, value: string, range: string, ratio: string): string {
  const shown = name.length > columns.name ? `${name.slice(0, columns.name - 1)}…` : name;
  const { rate: rateWidth, spread: spreadWidth, ratio: ratioWidth } = columns;
  const cells = [shown.padEnd(columns.name), value.padStart(rateWidth), range.padStart(spreadWidth)];
  return `  ${cells.join(' ')} ${ratio.padStart(ratioWidth)}`.trimEnd();
}

function spread(row: Row, name: string): string {
  const [min, max] = row.spread[name]!;
  return `${rate(min)} .. ${rate(max)}`;
}

function rate(value: number): string {
  return Math.round(value).toLocaleString('en');
}
