import { Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { noteTables } from './ensure-publication.ts';
import { publicationName } from './names.ts';
import { type PublishedTable, tableChanged, unharmedTables } from './published-tables.ts';

interface Publication {
  readonly note: string | null;
  /** Whether all changes of all rows and columns are published. */
  readonly complete: boolean;
  readonly oids: readonly string[];
}

const publicationSql = `
  select obj_description(p.oid, 'pg_publication') as note,
    p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate as complete,
    array(select prrelid::text from pg_publication_rel
          where prpubid = p.oid and prqual is null and prattrs is null) as oids
  from pg_publication p where p.pubname = $1`;

/**
 * Makes sure that the source still publishes these tables, and that their rows still are what they were at the snapshot.
 * @returns What the tables look like.
 * @throws Terminal `publication-missing`, `publication-changed` or `table-changed`, each with its remedy.
 */
export async function checkPublication(
  pool: pg.Pool,
  name: string,
  tables: readonly string[],
): Promise<PublishedTable[]> {
  const publication = publicationName(name);
  const { rows } = await pool.query<Publication>(publicationSql, [publication]);
  const [found] = rows;
  if (found === undefined) throw publicationMissing(publication);
  const noted = parseNote(found.note);
  const names = noted?.map(({ table }) => table).sort();
  if (noted === undefined || !found.complete || names?.join('\n') !== [...tables].sort().join('\n')) {
    throw new Terminal(
      'publication-changed',
      `The source's publication ${publication} was not made for these tables: ${tables.join(', ')}. ` +
        'Reset the subscription to publish them and take a new snapshot.',
    );
  }
  const now = await unharmedTables(pool, noted);
  for (const { table, oid } of now)
    if (!found.oids.includes(oid))
      throw tableChanged(table, `it was taken out of the publication ${publication}`);
  if (JSON.stringify(now) !== found.note) await noteTables(pool, name, now);
  return now;
}

function parseNote(note: string | null): PublishedTable[] | undefined {
  try {
    const parsed: unknown = JSON.parse(note ?? '');
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What a reader throws when the source does not send it the tables' changes. */
export function publicationMissing(publication: string): Terminal {
  return new Terminal(
    'publication-missing',
    `The source has no publication ${publication}, or had none for a while, so changes may be missing from the log. ` +
      'Reset the subscription to take a new snapshot.',
  );
}
