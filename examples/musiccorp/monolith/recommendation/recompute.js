// Items are locked in the order of their ids, as orders lock them, so that the job and the shop cannot deadlock.
const COUNT_SALES = `
  with sold as (
    select l.item_id, sum(l.quantity)::integer as quantity
    from orders o join order_lines l on l.order_id = o.id
    where o.placed_at > now() - interval '30 days' and o.returned_at is null
    group by l.item_id
  ), changed as (
    select i.id, coalesce(s.quantity, 0) as quantity
    from items i left join sold s on s.item_id = i.id
    where i.sold_last_30_days <> coalesce(s.quantity, 0)
    order by i.id for no key update of i
  )
  update items i set sold_last_30_days = c.quantity from changed c where c.id = i.id`;

// the bestsellers of the genre that a customer buys most, but for what the customer has
const RECOMMEND = `
  with taste as (
    select distinct on (o.customer_id) o.customer_id, i.genre_id
    from orders o join order_lines l on l.order_id = o.id join items i on i.id = l.item_id
    group by o.customer_id, i.genre_id
    order by o.customer_id, sum(l.quantity) desc, i.genre_id
  ), shelf as (
    select id, genre_id, sold_last_30_days,
           row_number() over (partition by genre_id order by sold_last_30_days desc, id) as place
    from items where withdrawn_at is null
  ), chosen as (
    select t.customer_id, s.id as item_id, s.sold_last_30_days as score,
           row_number() over (partition by t.customer_id order by s.place) as rank
    from taste t join shelf s on s.genre_id = t.genre_id and s.place <= 20
    where not exists (
      select from orders o join order_lines l on l.order_id = o.id
      where o.customer_id = t.customer_id and l.item_id = s.id)
  )
  insert into recommendations (customer_id, rank, item_id, score)
  select customer_id, rank, item_id, score from chosen where rank <= 6`;

export const countSales = (tx) => tx.query(COUNT_SALES);

export async function recommend(tx) {
  await tx.query('delete from recommendations');
  await tx.query(RECOMMEND);
}
