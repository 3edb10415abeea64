import { setTimeout as pause } from 'node:timers/promises';
import { compare } from '../graph/tie-collector.ts';
import type { Missing, SurveyDatabase } from './database.ts';
import { codeOf, sqlstate } from './refusal.ts';
import { openSlot, type Slot, type WrittenTogether } from './temporary-slot.ts';
import { pooled, unwatched, whyNotWatched } from './why-not-watched.ts';

export interface WatchedWrites {
  /** For so long the log was read; less than asked for where the server writes so much that samples of it were taken. */
  readonly seconds: number;
  readonly transactions: number;
  /** By set of tables, the most frequent first. */
  readonly together: readonly WrittenTogether[];
  readonly missing: readonly Missing[];
}

export interface WatchOptions {
  readonly seconds: number;
  readonly signal?: AbortSignal;
  /** The share of the time for which the server may be busy decoding, after ten seconds' worth of it; then samples are taken. Default 0.02. */
  readonly share?: number;
  readonly now?: () => number;
  readonly onProgress?: (transactions: number, secondsLeft: number) => void;
}

/** The log is read so often, and less often the longer that takes: each look begins with what was read before. */
const pollMs = { least: 500, most: 5_000 };
/** The log that is kept meanwhile is on the server's disk. */
const longestRestMs = 30_000;
/** What may be spent at first, as the share of so long a time: who writes little is then read whole. */
const burstMs = 10_000;

/**
 * Reads the write-ahead log for a while and counts which tables are written in one transaction: whatever wrote them, in any language. One
 * temporary slot is used, which the server drops when the session ends, however it ends; it is read every half second so that hardly any
 * log is held back. Decoding takes processors from the load, and begins each time where the server last noted which transactions were
 * open, up to 15 s ago, or where the oldest of them began. So the more that costs the less often it is done, down to every five seconds, and
 * where that is still too much, some seconds are read and then as many skipped as keep it small. What was counted before something
 * went wrong is kept.
 */
export async function watchWrites(database: SurveyDatabase, options: WatchOptions): Promise<WatchedWrites> {
  const { seconds, signal, share = 0.02, now = Date.now, onProgress } = options;
  const none = (why: Missing) => ({ seconds: 0, transactions: 0, together: [], missing: [why] });
  if (database.isPooled) return none(pooled);
  let slot: Slot;
  try {
    slot = await openSlot(database);
  } catch (error) {
    return none(await whyNotWatched(database, error));
  }
  const counts = new Map<string, number>();
  const missing: Missing[] = [];
  let transactions = 0;
  let watchedMs = 0;
  let creditMs = share * burstMs;
  let waitMs = pollMs.least;
  let spentMs = 0;
  const end = now() + seconds * 1_000;
  const isOver = () => now() >= end || signal?.aborted === true;
  const rest = (ms: number) =>
    pause(Math.min(ms, Math.max(0, end - now())), undefined, { signal }).catch(() => {});
  try {
    for (;;) {
      const began = now();
      await rest(waitMs);
      const changes = await slot.changes().catch((error: unknown) => {
        if (codeOf(error) !== sqlstate.tookTooLong) throw error;
        missing[0] = unwatched(error, 'part of the time');
      });
      for (const { tables, transactions: times } of changes?.sets ?? []) {
        const names = [...new Set(tables.map(plainName))].sort(compare).join('\n');
        transactions += times;
        counts.set(names, (counts.get(names) ?? 0) + times);
      }
      const readMs = now() - began;
      if (changes !== undefined) watchedMs += readMs;
      onProgress?.(transactions, Math.max(0, (end - now()) / 1_000));
      const { tookMs, isMore } = changes ?? { tookMs: 0, isMore: false };
      spentMs += tookMs;
      creditMs = Math.min(creditMs + share * readMs - tookMs, share * burstMs);
      // What was begun is read to its end where one rest pays for it: else the server would keep more and more of its log.
      if (isMore && creditMs > -share * longestRestMs) {
        waitMs = 0;
        continue;
      }
      if (isOver()) break;
      // With what it could not decode in time the server has dropped the slot.
      if (changes === undefined) await slot.open();
      waitMs = Math.min(Math.max(spentMs / share, pollMs.least), pollMs.most);
      spentMs = 0;
      if (creditMs >= 0) continue;
      const restedFrom = now();
      await rest(Math.min(-creditMs / share, longestRestMs));
      if (isOver()) break;
      await slot.skip();
      creditMs += share * (now() - restedFrom);
    }
  } catch (error) {
    missing.push(unwatched(error, 'the rest of the time'));
  } finally {
    await slot.drop();
  }
  const together = [...counts]
    .map(([names, times]) => ({ tables: names.split('\n'), transactions: times }))
    .sort((a, b) => b.transactions - a.transactions || compare(a.tables.join(), b.tables.join()));
  return { seconds: watchedMs / 1_000, transactions, together, missing };
}

/** `public."Order"` is `order`: as the catalogue names it. */
function plainName(name: string): string {
  const last = /(?:"((?:[^"]|"")*)"|([^".]+))$/.exec(name)!;
  return (last[1]?.replace(/""/g, '"') ?? last[2]!).toLowerCase();
}
