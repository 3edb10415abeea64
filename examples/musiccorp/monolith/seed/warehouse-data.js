const DAY = 86_400_000;
const HOUR = 3_600_000;
const LOT = 40;

/** One picking instruction for each line; those of the last days are still open. */
export function pickRows(orders, lines, items, { until, random }) {
  return lines.map((line) => {
    const order = orders[line.order_id - 1];
    const dispatched = order.placed_at.getTime() + random.between(5, 44) * HOUR;
    const open = dispatched > until;
    return {
      id: line.id,
      order_line_id: line.id,
      item_id: line.item_id,
      shelf: items[line.item_id - 1].shelf,
      quantity: line.quantity,
      status: open ? 'open' : 'dispatched',
      dispatched_at: open ? null : new Date(dispatched),
      customer_id: order.customer_id,
    };
  });
}

/** Deliveries to the shop, and the stock that is left on each shelf after them and the sales. */
export function stockItems(items, orders, lines, { until, random }) {
  const sold = new Array(items.length + 1).fill(0);
  for (const line of lines) if (!orders[line.order_id - 1].returned_at) sold[line.item_id] += line.quantity;
  const restocks = [];
  for (const item of items) {
    const delivered = Math.floor((sold[item.id] * 0.8) / 10) * 10;
    appendRestocks(restocks, item, delivered, { until, random });
    item.stock = random.chance(0.04) ? 0 : random.between(3, 12) + Math.floor(sold[item.id] / 4);
    item.opening_stock = item.stock + sold[item.id] - delivered;
    item.reorder_level = 3 + Math.floor(sold[item.id] / 25);
  }
  return restocks
    .sort((a, b) => a.restocked_at - b.restocked_at)
    .map((row, index) => ({ id: index + 1, ...row }));
}

function appendRestocks(restocks, item, delivered, { until, random }) {
  for (let left = delivered; left > 0; left -= LOT)
    restocks.push({
      item_id: item.id,
      quantity: Math.min(LOT, left),
      unit_cost: Math.round(item.price * 55) / 100,
      restocked_at: new Date(until - random.between(1, 3 * 365) * DAY + random.between(6, 16) * HOUR),
    });
}
