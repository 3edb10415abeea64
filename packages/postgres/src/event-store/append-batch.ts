import {
  type AppendResult,
  type ExpectedVersion,
  type StreamAppend,
  streamClosed,
  streamConflict,
} from '@banyan/runtime';

/** A row of the function `append`, see sql/0002-append.sql. */
export interface AppendRow {
  /** From 1. */
  readonly append: number;
  /** From 1. */
  readonly stream: number;
  readonly at_version: number;
  /** Null where the append was refused. */
  readonly at_position: string | null;
  /** Null where it was appended. */
  readonly outcome: 'repeated' | 'conflict' | 'closed' | null;
}

const anyVersion = -1;
const presentVersion = -2;

/** An expected version as the functions of the database take it. */
export function encodeExpected(expected: ExpectedVersion): number {
  if (expected === 'any') return anyVersion;
  if (expected === 'present') return presentVersion;
  return expected === 'absent' ? 0 : expected;
}

/** The parts of one append as the function `append` takes them, separated by commas. */
export function encodeAppend(appends: readonly StreamAppend[]): string {
  return JSON.stringify(
    appends.map(({ streamId, expected, events }) => ({
      s: streamId,
      x: encodeExpected(expected),
      e: events.map(({ type, schemaVersion, data, metadata }) => ({
        t: type,
        v: schemaVersion,
        // JSON has no undefined, and a missing value would be SQL's NULL.
        d: data === undefined ? null : data,
        m: metadata,
      })),
    })),
  ).slice(1, -1);
}

/**
 * What became of one append, from its rows.
 * @throws Conflict `stream-conflict`
 * @throws Rejected `stream-closed`
 */
export function decodeOutcome(appends: readonly StreamAppend[], rows: readonly AppendRow[]): AppendResult {
  for (const row of rows) {
    if (row.at_position !== null) continue;
    const { streamId, expected } = appends[row.stream - 1]!;
    throw row.outcome === 'closed'
      ? streamClosed(streamId, row.at_version)
      : streamConflict(streamId, expected, row.at_version);
  }
  const versions = rows.map((row) => row.at_version);
  const last = rows.at(-1)!;
  const result = { versions, position: BigInt(last.at_position!) };
  return last.outcome === 'repeated' ? { ...result, repeated: true } : result;
}
