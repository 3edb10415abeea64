import { systemTiming } from '@banyan/runtime';
import type pg from 'pg';
import { isAtWorkSql } from '../sides/at-work.ts';
import { ask } from '../sides/run-statements.ts';

/** How often a server is asked whether others are at work on it, in milliseconds. */
const askEveryMs = 250;
/** A rest is no longer than this, in milliseconds, however long a range took. */
const longestRestMs = 30_000;

const othersSql = `select exists (select from pg_stat_activity a where ${isAtWorkSql}) as busy`;

/** Leaves room for others who work on a server. */
export interface Room {
  /** Rests after work that took so long, in milliseconds, where others are at work. Throws why it was stopped. */
  leave(tookMs: number): Promise<void>;
}

/**
 * Work on a server in pieces, of which only a share of the time is ours while others are at work there: then the rest after a piece is
 * as much longer than the piece. Where nobody else works there is no rest.
 * @param asked Who is asked for others; not within a transaction, in which the server says the same each time.
 * @param share Above 0; 1 never rests.
 */
export function leaveRoom(asked: pg.Pool | pg.ClientBase, share: number, signal?: AbortSignal): Room {
  let next = 0;
  let busy = false;
  return {
    async leave(tookMs) {
      if (share >= 1) return;
      if (performance.now() >= next) {
        [{ busy }] = (await ask<{ busy: boolean }>(asked, othersSql)) as [{ busy: boolean }];
        next = performance.now() + askEveryMs;
      }
      if (busy) await systemTiming.sleep(restMs(tookMs, share), signal);
      signal?.throwIfAborted();
    },
  };
}

/** How long to rest after a piece of work so that it was a share of the time. Pure. */
export function restMs(tookMs: number, share: number): number {
  return Math.min(tookMs * (1 / share - 1), longestRestMs);
}
