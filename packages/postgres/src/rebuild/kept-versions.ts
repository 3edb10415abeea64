import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { secondsOf, timeFrom } from '../time-column.ts';

/** A version of a projection that `rollBackProjection` would go back to. */
export interface KeptVersion {
  readonly projection: string;
  /** Absent where it was built before versions were kept. */
  readonly version?: number;
  readonly keptAt: Date;
  /** The schema that its tables lie in. */
  readonly keptIn: string;
  readonly tables: readonly string[];
}

/** What earlier rebuilds and rollbacks have kept, by the projection's name. */
export async function keptVersions(
  pool: pg.Pool,
  { schema = defaultSchema }: { readonly schema?: string } = {},
): Promise<readonly KeptVersion[]> {
  const text = `select name as projection, version, ${secondsOf('kept_at')} as "keptAt", kept_in as "keptIn", kept_tables as tables
    from ${quoteIdentifier(schema)}.kept_projections order by name`;
  const { rows } = await pool
    .query<Omit<KeptVersion, 'version' | 'keptAt'> & { version: number | null; keptAt: number }>(text)
    .catch((error: unknown) => {
      throw toPostgresError(error);
    });
  return rows.map(({ version, keptAt, ...kept }) => ({
    ...kept,
    keptAt: timeFrom(keptAt),
    ...(version === null ? {} : { version }),
  }));
}
