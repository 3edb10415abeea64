/** What must hold at every moment: each statement returns one number, and it must be 0. */
export const invariants = [
  {
    name: 'the ledger of sales and returns equals the totals of the orders that were kept',
    sql: `select (select coalesce(sum(amount), 0) from ledger_entries where kind in ('sale', 'return'))
               - (select coalesce(sum(total), 0) from orders where returned_at is null)`,
  },
  {
    name: 'the ledger of purchases equals the cost of what was restocked',
    sql: `select (select coalesce(sum(amount), 0) from ledger_entries where kind = 'purchase')
               + (select coalesce(sum(quantity * unit_cost), 0) from restocks)`,
  },
  {
    name: "each item's stock equals opening stock plus restocked plus returned minus sold",
    sql: `select count(*) from items i
          left join (select item_id, sum(quantity) as quantity from restocks group by item_id) r on r.item_id = i.id
          left join (select l.item_id, sum(l.quantity) as quantity
                     from order_lines l join orders o on o.id = l.order_id
                     where o.returned_at is null group by l.item_id) s on s.item_id = i.id
          where i.stock <> i.opening_stock + coalesce(r.quantity, 0) - coalesce(s.quantity, 0)`,
  },
  {
    name: "each order's total is the sum of its lines, and it has lines",
    sql: `select count(*) from orders o
          left join (select order_id, sum(quantity * unit_price) as total from order_lines group by order_id) l on l.order_id = o.id
          where l.total is distinct from o.total`,
  },
  {
    name: 'each line has its entry in the ledger and its picking instruction',
    sql: `select count(*) from order_lines l
          left join ledger_entries e on e.order_line_id = l.id and e.kind = 'sale'
          left join picks p on p.order_line_id = l.id
          where e.amount is distinct from l.quantity * l.unit_price or p.quantity is distinct from l.quantity`,
  },
  {
    name: 'an order is returned if and only if the ledger says so',
    sql: `select count(*) from orders o
          join order_lines l on l.order_id = o.id
          left join ledger_entries e on e.order_line_id = l.id and e.kind = 'return'
          where (o.returned_at is not null) <> (e.id is not null) or e.amount <> -l.quantity * l.unit_price`,
  },
  {
    name: 'the customers have as much credit as was returned',
    sql: `select (select coalesce(sum(credit), 0) from customers)
               - (select coalesce(sum(total), 0) from orders where returned_at is not null)`,
  },
  { name: 'no stock is negative', sql: 'select count(*) from items where stock < 0' },
];
