import { Invalid } from '@banyan/runtime';
import { quoteIdentifier } from '../quote-identifier.ts';
import { eventColumns } from './recorded-event.ts';

/** Which events make a page; every part is SQL, and the events are called `e`. */
export interface EventPage {
  readonly where: string;
  readonly order: 'position' | 'version';
  /** Events at most. */
  readonly limit: string;
  /** Bytes of data and metadata at most; the first event comes however large it is. */
  readonly bytes: string;
}

/** Data and metadata of the events that are read at once, where nothing else is said. */
export const defaultPageBytes = 16 * 1024 * 1024;

/** @throws Invalid `page-bytes` */
export function checkPageBytes(bytes: number): void {
  if (!(Number.isSafeInteger(bytes) && bytes >= 1))
    throw new Invalid('page-bytes', `A page has a whole number of bytes from 1, not ${bytes}.`);
}

/**
 * What a value takes once it is read. It lies compressed where it is large, and then tells its size only when it is unpacked, which is
 * still far cheaper than to send it.
 */
const bytesOf = (column: string): string =>
  `case when pg_column_compression(${column}) is null then pg_column_size(${column}) else pg_column_size(${column} #> '{}') end`;

/** Events in order with `read_bytes`, what they are together up to each: as many as the limits allow, and one at least. */
export function eventPage(schema: string, { where, order, limit, bytes }: EventPage): string {
  return `select e.* from (
      select ${eventColumns}, e.bytes, sum(e.bytes) over (order by e.${order} rows unbounded preceding) as read_bytes
      from (
        select *, ${bytesOf('e.data')} + ${bytesOf('e.metadata')} as bytes
        from ${quoteIdentifier(schema)}.events e where ${where} order by ${order} limit ${limit}
      ) as e
    ) as e where e.read_bytes - e.bytes < ${bytes}`;
}

/** Whether the last of these rows has used up what a page may hold, so that there may be more. */
export function isFull(rows: readonly { readonly read_bytes: string }[], bytes: number): boolean {
  return Number(rows.at(-1)?.read_bytes ?? 0) >= bytes;
}
