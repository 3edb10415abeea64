import { changeFeed } from '@banyan/postgres';
import { config } from './backlog.ts';
import type { Reader } from './reader.ts';

/** Ours, as a subscription reads it: decoded rows, put together to transactions. */
export const banyan: Reader = {
  name: 'ours',
  slot: 'banyan_bench',
  async read({ url, rows, start }) {
    let seen = 0;
    for await (const { entries } of changeFeed(config(url)).read({ after: start })) {
      for (const entry of entries) if (entry.kind === 'transaction') seen += entry.changes.length;
      if (seen >= rows) break;
    }
    return seen;
  },
};
