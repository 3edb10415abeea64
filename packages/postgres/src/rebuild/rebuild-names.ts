/** The names that a rebuild of a projection uses beside those in use. */
export interface RebuildNames {
  /** The schema that it is built in. */
  readonly next: string;
  /** The schema that keeps the version that was replaced. */
  readonly kept: string;
}

/** PostgreSQL cuts names behind so many bytes, and two names could become one. */
const longestName = 63;

/** Names made of the projection's and of the schema that its tables lie in. */
export function rebuildNames(projection: string, tablesIn: string): RebuildNames {
  const long = Buffer.byteLength(`${tablesIn}__${projection}__next`) > longestName;
  const base = long
    ? `${tablesIn.slice(0, 20)}__${Buffer.from(projection).toString('hex').slice(0, 30)}`
    : `${tablesIn}__${projection}`;
  return { next: `${base}__next`, kept: `${base}__kept` };
}
