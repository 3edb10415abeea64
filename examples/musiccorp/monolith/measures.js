/** Numbers worth printing before and after: each statement returns one. */
export const measures = [
  { name: 'orders', sql: 'select count(*) from orders' },
  { name: 'ledger sum', sql: 'select coalesce(sum(amount), 0) from ledger_entries' },
  { name: 'stock sum', sql: 'select coalesce(sum(stock), 0) from items' },
];
