import { artistRows, countryRows, genreRows, itemRows } from './catalogue-data.js';
import { customerRows, settleCustomers } from './customer-data.js';
import { ledgerRows } from './ledger-data.js';
import { orderRows } from './order-data.js';
import { randomFrom } from './random.js';
import { pickRows, stockItems } from './warehouse-data.js';

const FULL = { artists: 2400, items: 12_000, customers: 5000, orders: 50_000 };

const TABLES = {
  countries: { code: 'char(2)', name: 'text', vat_rate: 'numeric' },
  genres: { id: 'integer', slug: 'text', name: 'text' },
  artists: { id: 'integer', name: 'text', country_code: 'char(2)', formed_in: 'integer' },
  items: {
    id: 'integer',
    title: 'text',
    artist_id: 'integer',
    genre_id: 'integer',
    format: 'text',
    price: 'numeric',
    description: 'text',
    released_on: 'date',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    withdrawn_at: 'timestamptz',
    opening_stock: 'integer',
    stock: 'integer',
    reorder_level: 'integer',
    shelf: 'text',
  },
  customers: {
    id: 'integer',
    name: 'text',
    email: 'text',
    country_code: 'char(2)',
    delivery_address: 'text',
    last_delivered_at: 'timestamptz',
    credit: 'numeric',
    last_payment_at: 'timestamptz',
    created_at: 'timestamptz',
  },
  orders: {
    id: 'integer',
    request_id: 'text',
    customer_id: 'integer',
    country_code: 'char(2)',
    total: 'numeric',
    placed_at: 'timestamptz',
    returned_at: 'timestamptz',
  },
  order_lines: {
    id: 'integer',
    order_id: 'integer',
    item_id: 'integer',
    quantity: 'integer',
    unit_price: 'numeric',
  },
  restocks: {
    id: 'integer',
    item_id: 'integer',
    quantity: 'integer',
    unit_cost: 'numeric',
    restocked_at: 'timestamptz',
  },
  ledger_entries: {
    id: 'integer',
    kind: 'text',
    order_line_id: 'integer',
    restock_id: 'integer',
    amount: 'numeric',
    booked_at: 'timestamptz',
  },
  picks: {
    id: 'integer',
    order_line_id: 'integer',
    item_id: 'integer',
    shelf: 'text',
    quantity: 'integer',
    status: 'text',
    dispatched_at: 'timestamptz',
  },
};

/** The tables of a shop that has been open for three years, in an order that satisfies their foreign keys. */
export function generate({ seed, scale, until }) {
  const random = randomFrom(seed);
  const count = (name) => Math.max(20, Math.round(FULL[name] * scale));
  const artists = artistRows(count('artists'), random);
  const items = itemRows(count('items'), artists, until, random);
  const customers = customerRows(count('customers'), until, random);
  const { orders, lines } = orderRows(count('orders'), { customers, items, until, random });
  const restocks = stockItems(items, orders, lines, { until, random });
  const picks = pickRows(orders, lines, items, { until, random });
  settleCustomers(customers, orders, picks);
  const rows = {
    countries: countryRows(),
    genres: genreRows(),
    artists,
    items,
    customers,
    orders,
    order_lines: lines,
    restocks,
    ledger_entries: ledgerRows(orders, lines, restocks),
    picks,
  };
  return Object.entries(TABLES).map(([table, columns]) => ({ table, columns, rows: rows[table] }));
}
