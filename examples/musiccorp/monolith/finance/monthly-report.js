// Knot: one report joins finance, shop, catalogue and countries; it is right only while all of them share a database.
const BOOKED = `
  from ledger_entries e
  join order_lines l on l.id = e.order_line_id
  join orders o on o.id = l.order_id
  join countries c on c.code = o.country_code
  join items i on i.id = l.item_id
  join artists a on a.id = i.artist_id
  join genres g on g.id = i.genre_id
  where e.booked_at >= $1::timestamptz and e.booked_at < $2::timestamptz`;

// prices include value added tax
const VAT = 'round(sum(e.amount * c.vat_rate / (100 + c.vat_rate)), 2)';
const UNITS = 'sum(sign(e.amount) * l.quantity)::integer';

const TOTALS = `
  select coalesce(sum(e.amount) filter (where e.kind = 'sale'), 0)::numeric(14, 2)::text as sales,
         coalesce(sum(e.amount) filter (where e.kind = 'return'), 0)::numeric(14, 2)::text as returns,
         coalesce(${VAT}, 0)::numeric(14, 2)::text as vat,
         count(distinct o.id) filter (where e.kind = 'sale')::integer as orders
  ${BOOKED}`;

const BY_COUNTRY = `
  select c.code, c.name, sum(e.amount)::text as sales, ${VAT}::text as vat
  ${BOOKED} group by c.code, c.name order by sum(e.amount) desc, c.code`;

const BY_GENRE = `
  select g.slug, g.name, sum(e.amount)::text as sales, ${UNITS} as quantity
  ${BOOKED} group by g.slug, g.name order by sum(e.amount) desc, g.slug`;

const TOP_ITEMS = `
  select i.id, i.title, a.name as artist, ${UNITS} as quantity, sum(e.amount)::text as sales
  ${BOOKED} group by i.id, i.title, a.name order by ${UNITS} desc, i.id limit 10`;

const PURCHASES = `
  select coalesce(sum(amount), 0)::numeric(14, 2)::text as purchases from ledger_entries
  where kind = 'purchase' and booked_at >= $1::timestamptz and booked_at < $2::timestamptz`;

const OPEN_PICKS = `select count(*)::integer as open from picks where status = 'open'`;

/** What was sold, taken back and bought in `month` (`2026-03`, in UTC). */
export async function monthlyReport(db, month) {
  const start = new Date(`${month}-01T00:00:00Z`);
  const end = new Date(start);
  end.setUTCMonth(end.getUTCMonth() + 1);
  const range = [start.toISOString(), end.toISOString()];
  const totals = (await db.query(TOTALS, range)).rows[0];
  const { purchases } = (await db.query(PURCHASES, range)).rows[0];
  return {
    month,
    sales: totals.sales,
    returns: totals.returns,
    purchases,
    vat: totals.vat,
    orders: totals.orders,
    openPicks: (await db.query(OPEN_PICKS)).rows[0].open,
    countries: (await db.query(BY_COUNTRY, range)).rows,
    genres: (await db.query(BY_GENRE, range)).rows,
    topItems: (await db.query(TOP_ITEMS, range)).rows,
  };
}
