import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { banyanSurvey, monolith } from './testing/survey-command.ts';

interface Found {
  readonly proposal: { readonly contexts: readonly { name: string; tables: readonly string[] }[] };
  readonly knots: readonly {
    kind: string;
    says: string;
    tables: readonly string[];
    modules: readonly string[];
  }[];
}

/** The contexts that the example is about; what they don't name stays where the survey puts it. */
const pins = {
  contexts: {
    catalogue: {
      modules: ['catalogue/**', 'routes/catalogue-api.js', 'routes/editor-api.js'],
      tables: ['items', 'artists', 'genres'],
    },
    finance: { modules: ['finance/**'], tables: ['ledger_entries'] },
    warehouse: { tables: ['picks', 'restocks'] },
    recommendation: { modules: ['recommendation/**'], tables: ['recommendations'] },
    customers: { modules: ['shop/customers.js'], tables: ['customers'] },
  },
};

let folder: string;
let found: Found;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'banyan-survey-'));
  await writeFile(path.join(folder, 'contexts.json'), JSON.stringify(pins));
  found = JSON.parse(
    await banyanSurvey('--repo', monolith, '--contexts', path.join(folder, 'contexts.json'), '--json'),
  ) as Found;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function knots(kind: string, ...tables: string[]) {
  return found.knots.filter(
    (knot) => knot.kind === kind && tables.every((table) => knot.tables.includes(table)),
  );
}

test('a foreign key from the ledger to the line items', () => {
  expect(knots('foreign key', 'ledger_entries', 'order_lines').map(({ says }) => says)).toEqual([
    expect.stringContaining('by order_line_id'),
  ]);
});

test('the history holds on to catalogue rows', () => {
  expect(knots('foreign key', 'order_lines', 'items')).toHaveLength(1);
});

test('a country table that is read by all', () => {
  const [countries] = knots('static data', 'countries');
  for (const context of ['catalogue', 'customers', 'finance']) expect(countries?.says).toContain(context);
});

test('a customer record that two sides write', () => {
  const [customers] = knots('two concepts in one table', 'customers');
  expect(customers?.says).toContain('last_payment_at by shop/place-order.js');
  expect(customers?.says).toContain('last_delivered_at by nightly.js');
  expect(knots('shared table', 'customers')).toHaveLength(1);
});

test('one table that is both the catalogue entry and the stock list, and what the nightly job adds to it', () => {
  const [items] = knots('two concepts in one table', 'items');
  expect(items?.says).toMatch(/price, title.* by catalogue\/edit-items\.js/);
  expect(items?.says).toMatch(/stock by nightly\.js, shop\/place-order\.js/);
  expect(items?.says).toContain('sold_last_30_days by recommendation/recompute.js');
});

test('an order, the sale and the picking instruction in one transaction', () => {
  const [order] = knots('transaction', 'orders', 'ledger_entries', 'picks', 'items', 'customers').filter(
    ({ modules }) => modules.includes('shop/place-order.js'),
  );
  expect(order?.says).toContain('shop/place-order.js placeOrder writes');
});

test('a report that joins everything', () => {
  const [report] = knots(
    'join',
    'ledger_entries',
    'order_lines',
    'orders',
    'countries',
    'items',
    'artists',
    'genres',
  );
  expect(report?.modules).toEqual(['finance/monthly-report.js']);
});

test('a nightly job that writes past the application', () => {
  const [job] = knots('past the owner', 'customers', 'items', 'ledger_entries', 'picks');
  expect(job?.modules).toEqual(['nightly.js']);
});

test('recommendations that are computed from the history of others', () => {
  expect(knots('derived rows', 'recommendations', 'orders', 'order_lines')).toHaveLength(1);
});

test('the summary fits a terminal of 80 columns', async () => {
  const printed = await banyanSurvey('--repo', monolith);
  expect(printed).toContain('bounded contexts are proposed');
  // A CI system asks for colours also where it reads a pipe; they take no room.
  const lines = stripVTControlCharacters(printed).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
