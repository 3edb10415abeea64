const cents = (amount) => Math.round(amount * 100);

/** What finance booked for these sales, returns and deliveries, in the order of time. */
export function ledgerRows(orders, lines, restocks) {
  const entries = restocks.map((restock) => ({
    kind: 'purchase',
    order_line_id: null,
    restock_id: restock.id,
    amount: -(restock.quantity * cents(restock.unit_cost)) / 100,
    booked_at: restock.restocked_at,
  }));
  for (const line of lines) {
    const order = orders[line.order_id - 1];
    const amount = (line.quantity * cents(line.unit_price)) / 100;
    const entry = { order_line_id: line.id, restock_id: null };
    entries.push({ kind: 'sale', ...entry, amount, booked_at: order.placed_at });
    if (order.returned_at)
      entries.push({ kind: 'return', ...entry, amount: -amount, booked_at: order.returned_at });
  }
  return entries.sort((a, b) => a.booked_at - b.booked_at).map((row, index) => ({ id: index + 1, ...row }));
}
