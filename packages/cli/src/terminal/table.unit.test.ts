import { expect, test } from 'vitest';
import { tableLines } from './table.ts';

const columns = [{ title: 'NAME' }, { title: 'EVENTS', right: true }, { title: 'NOTE' }];

test('a table is as wide as its values, numbers to the right', () => {
  expect(
    tableLines(columns, [
      ['lists', '7', 'fine'],
      ['a', '1234567', ''],
    ]),
  ).toEqual(['NAME    EVENTS  NOTE', 'lists        7  fine', 'a      1234567']);
});

test('a line is never wider than asked and never more than one', () => {
  const lines = tableLines(columns, [['n'.repeat(90), '1', `${'x'.repeat(90)}\nnext\u001b[31m`]], 80);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join('\n').split('\n')).toHaveLength(2);
  expect(lines[1]).toMatch(/n… +1 +x+…$/);
  expect(lines.join('')).not.toContain('\u001b');
});
