import { query } from '../harness/server.ts';
import type { Reader } from './reader.ts';

/** The server decodes for itself, and only a number leaves it: what decoding costs before anybody receives a row. */
export const sqlDecoding: Reader = {
  name: 'sql-decoding',
  slot: 'bench_sql',
  async read({ url, publication }, slot) {
    const [found] = await query(
      url,
      `select count(*) as count from pg_logical_slot_get_binary_changes($1, null, null, 'proto_version', '1', 'publication_names', $2)
       where get_byte(data, 0) = ascii('I')`,
      [slot, publication],
    );
    return async () => Number(found!.count);
  },
};
