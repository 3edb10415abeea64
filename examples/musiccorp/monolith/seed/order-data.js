import { shuffled, weighted, zipf } from './random.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const YEARS = 3;

// January to December: presents are bought late in the year
const MONTHS = [0.85, 0.8, 0.9, 0.95, 0.95, 0.9, 0.8, 0.8, 1, 1.05, 1.5, 2.1];
// Sunday to Saturday
const WEEKDAYS = [1.2, 0.85, 0.85, 0.9, 1, 1.15, 1.3];
const HOURS = [3, 2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 9, 8, 8, 9, 10, 12, 14, 16, 15, 10, 6];

/** Orders with their lines, oldest first. */
export function orderRows(count, { customers, items, until, random }) {
  const itemAt = popularItem(items, random);
  const customerAt = popular(customers, random);
  const placed = placedTimes(count, until, random);
  const lines = [];
  const orders = placed.map((time, index) => {
    const id = index + 1;
    const customer = customerAt();
    const first = lines.length;
    appendLines(lines, { id, time, itemAt, random });
    const cents = lines.slice(first).reduce((sum, line) => sum + line.quantity * line.cents, 0);
    return {
      id,
      request_id: `seed-${id}`,
      customer_id: customer.id,
      country_code: customer.country_code,
      total: cents / 100,
      placed_at: new Date(time),
      returned_at: returnTime(time, until, random),
    };
  });
  return { orders, lines };
}

function appendLines(lines, { id, time, itemAt, random }) {
  const day = new Date(time).toISOString().slice(0, 10);
  const chosen = new Set();
  const wanted = random.chance(0.6) ? 1 : random.between(2, 4);
  while (chosen.size < wanted) chosen.add(itemAt(day));
  for (const item of chosen) {
    const quantity = random.chance(0.92) ? 1 : random.between(2, 3);
    const cents = Math.round(item.price * 100) - (random.chance(0.1) ? 100 : 0);
    lines.push({
      id: lines.length + 1,
      order_id: id,
      item_id: item.id,
      quantity,
      unit_price: cents / 100,
      cents,
    });
  }
}

function popular(things, random) {
  const order = shuffled(things, random);
  const draw = weighted(zipf(things.length), random);
  return () => order[draw()];
}

/** Nobody buys what is not out yet; after a few tries the shop sells it before its release. */
function popularItem(items, random) {
  const draw = popular(items, random);
  return (day) => {
    let item = draw();
    for (let tries = 0; tries < 5 && item.released_on > day; tries += 1) item = draw();
    return item;
  };
}

function placedTimes(count, until, random) {
  const first = until - YEARS * 365 * DAY;
  const days = Array.from({ length: YEARS * 365 }, (_, index) => {
    const date = new Date(first + index * DAY);
    const growth = 0.6 + (0.8 * index) / (YEARS * 365);
    return growth * MONTHS[date.getUTCMonth()] * WEEKDAYS[date.getUTCDay()];
  });
  const day = weighted(days, random);
  const hour = weighted(HOURS, random);
  const times = Array.from(
    { length: count },
    () => first + day() * DAY + hour() * HOUR + Math.floor(random.next() * HOUR),
  );
  return times.sort((a, b) => a - b);
}

function returnTime(placed, until, random) {
  const time = placed + random.between(4, 25) * DAY + random.between(8 * 60, 18 * 60) * 60_000;
  return random.chance(0.03) && time < until ? new Date(time) : null;
}
