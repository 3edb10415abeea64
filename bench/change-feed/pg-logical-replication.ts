import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from 'pg-logical-replication';
import type { Reader } from './reader.ts';

/** The usual package for this: decoded rows, one event each. It confirms at the end only, which is its fastest way. */
export const pgLogicalReplication: Reader = {
  name: 'pg-logical-replication',
  slot: 'bench_peer',
  async read({ url, rows, publication }, slot) {
    const acknowledge = { auto: false, timeoutSeconds: 0 };
    const service = new LogicalReplicationService({ connectionString: url }, { acknowledge });
    const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication] });
    let seen = 0;
    await new Promise<void>((resolve, reject) => {
      service.on('error', reject);
      service.on('data', (_position: string, message: Pgoutput.Message) => {
        if (message.tag === 'insert') seen += 1;
        else if (message.tag === 'commit' && seen >= rows) resolve();
      });
      service.subscribe(plugin, slot).catch(reject);
    });
    return async () => {
      await service.destroy();
      return seen;
    };
  },
};
