import { connect, postgresEventStore, prepareDatabase } from '@banyan/postgres';
import type { ObservedEventSink, SpoolOptions } from '@banyan/strangler';
import type { BanyanConfig } from '../config/config.ts';

/** Where the events of a proxy wait, and the log that they go to. */
export interface EventLog {
  readonly spool: SpoolOptions & { readonly sink: ObservedEventSink };
  close(): Promise<void>;
}

/** The log of observed events; undefined where the configuration names none. Its database is reached when it is needed. */
export function eventLog({ events, ledger }: BanyanConfig): EventLog | undefined {
  if (events === undefined) return undefined;
  const pool = connect(events.database ?? ledger.database, { max: 2, applicationName: 'banyan-events' });
  const store = postgresEventStore(pool);
  let prepared: Promise<unknown> | undefined;
  const sink: ObservedEventSink = {
    async append(observed) {
      prepared ??= prepareDatabase(pool);
      await prepared.catch((cause: unknown) => {
        prepared = undefined;
        throw cause;
      });
      // One after the other: two of one stream must not be appends to one version.
      for (const { id, at, stream, type, data } of observed) {
        const metadata = { id, correlationId: id, at };
        await store.append([
          { streamId: stream, expected: 'any', events: [{ type, data, schemaVersion: 1, metadata }] },
        ]);
      }
    },
  };
  const { spool: directory, maxBytes } = events;
  return {
    spool: { directory, sink, ...(maxBytes === undefined ? {} : { maxBytes }) },
    close: () => pool.end(),
  };
}
