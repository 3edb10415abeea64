import { type AppendResult, type StreamAppend, streamConflict } from '@banyan/runtime';

/** A row of the function `append`, see sql/0004-command-ids.sql. */
export interface AppendRow {
  /** From 1. */
  readonly append: number;
  /** From 1. */
  readonly stream: number;
  readonly at_version: string;
  /** Null where the stream is not at the expected version. */
  readonly at_position: string | null;
  /** The command id was seen before, and this is of the first time. */
  readonly repeated: boolean;
}

const anyVersion = -1;
const presentVersion = -2;

/** One append as the function `append` takes it. */
export function encodeAppend(appends: readonly StreamAppend[]): string {
  return JSON.stringify(
    appends.map(({ streamId, expected, events }) => ({
      s: streamId,
      x:
        expected === 'any'
          ? anyVersion
          : expected === 'present'
            ? presentVersion
            : expected === 'absent'
              ? 0
              : expected,
      e: events.map(({ type, schemaVersion, data, metadata }) => ({
        t: type,
        v: schemaVersion,
        // JSON has no undefined, and a missing value would be SQL's NULL.
        d: data === undefined ? null : data,
        m: metadata,
      })),
    })),
  );
}

/**
 * What became of one append, from its rows.
 * @throws Conflict `stream-conflict`
 */
export function decodeOutcome(appends: readonly StreamAppend[], rows: readonly AppendRow[]): AppendResult {
  for (const row of rows) {
    if (row.at_position !== null) continue;
    const stream = appends[row.stream - 1]!;
    throw streamConflict(stream.streamId, stream.expected, Number(row.at_version));
  }
  const versions = rows.map((row) => Number(row.at_version));
  const last = rows.at(-1)!;
  const result = { versions, position: BigInt(last.at_position!) };
  return last.repeated ? { ...result, repeated: true } : result;
}
