import { changeFeed } from '@banyan/postgres';
import { config } from './backlog.ts';
import type { Reader } from './reader.ts';

/** Ours, as a subscription reads it: decoded rows, put together to transactions. */
export const banyan: Reader = {
  name: 'ours',
  slot: 'banyan_bench',
  async read({ url, rows, start }) {
    let seen = 0;
    const batches = changeFeed(config(url)).read({ after: start })[Symbol.asyncIterator]();
    while (seen < rows) {
      const { value, done } = await batches.next();
      if (done) break;
      for (const entry of value.entries) if (entry.kind === 'transaction') seen += entry.changes.length;
    }
    return async () => {
      await batches.return?.();
      return seen;
    };
  },
};
