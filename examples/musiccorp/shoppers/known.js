const ITEMS_KEPT = 3000;
const ORDERS_KEPT = 1000;

/** What the shoppers have seen of the shop together; bounded, the oldest is forgotten. */
export function openMemory() {
  const items = new Map();
  const orders = [];
  return {
    genres: [],
    customers: 1,
    seeItems(list) {
      for (const item of list) {
        if (!item.artist || !item.genre) continue;
        items.delete(item.id);
        items.set(item.id, item);
      }
      for (const id of items.keys()) {
        if (items.size <= ITEMS_KEPT) break;
        items.delete(id);
      }
    },
    forgetItem: (id) => items.delete(id),
    /** Any item seen, or undefined in a shop that shows none. */
    someItem: (random) =>
      items.size === 0 ? undefined : nth(items.values(), random.between(0, items.size - 1)),
    bought(orderId) {
      orders.push(orderId);
      if (orders.length > ORDERS_KEPT) orders.shift();
    },
    /** An order to return, each once. */
    takeOrder: (random) => orders.splice(random.between(0, orders.length - 1), 1)[0],
  };
}

function nth(values, index) {
  let left = index;
  for (const value of values) {
    if (left === 0) return value;
    left -= 1;
  }
  return undefined;
}
