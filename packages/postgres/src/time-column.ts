/**
 * A column of times as the seconds since 1970: reading a date costs as much as reading the data of an event, and goes wrong where
 * somebody has set another `DateStyle`.
 */
export function secondsOf(column: string): string {
  return `date_part('epoch', ${column})`;
}

/** What was read of such a column as a time. */
export function timeFrom(seconds: number): Date {
  // Microseconds are cut off, and what a fraction of seconds in binary lacks is not.
  return new Date(Math.floor(seconds * 1_000 + 0.000_5));
}
