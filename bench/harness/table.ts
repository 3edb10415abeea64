import type { Row } from './compare.ts';

/** Lines of 80 columns at most. */
const width = 80;
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
  const more = [
    ...remarks('p50 / p99 ms', row.latency),
    ...remarks('CPU µs, node + server', row.processor, '+'),
    ...remarks('CPU µs', row.ownProcessor),
  ];
  return [heading, ...lines, ...more].join('\n');
}

/** One line, folded where it gets too long: `p50 / p99 ms: ours 1.2 / 3.4, emmett 5 / 6`. */
function remarks(
  title: string,
  values: Readonly<Record<string, readonly [number, number] | number>> | undefined,
  sign = '/',
): string[] {
  if (values === undefined) return [];
  const parts = Object.entries(values).map(([name, value]) =>
    typeof value === 'number' ? `${name} ${value}` : `${name} ${value[0]} ${sign} ${value[1]}`,
  );
  const lines = [`  ${title}:`];
  for (const [index, part] of parts.entries()) {
    const word = ` ${part}${index < parts.length - 1 ? ',' : ''}`;
    if (lines.at(-1)!.length + word.length > width) lines.push('   ');
    lines[lines.length - 1] += word;
  }
  return lines.map((text) => text.slice(0, width));
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
  return (value < 100 ? Number(value.toPrecision(3)) : Math.round(value)).toLocaleString('en');
}
