import { readFile } from 'node:fs/promises';
import { SurveyError } from '../errors.ts';
import { readSchema, type Schema } from './read-schema.ts';

/** A script of the schema that stands elsewhere than the code. */
export interface GivenSchema {
  readonly path: string;
  readonly schema: Schema;
}

/**
 * Reads scripts that create tables, in any dialect.
 *
 * @throws SurveyError `schema-unreadable`
 */
export async function givenSchemas(paths: readonly string[]): Promise<GivenSchema[]> {
  return await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8').catch((cause: Error) => {
        throw new SurveyError(
          'schema-unreadable',
          `${path} can't be read: ${cause.message}. Give a script of the schema with --schema FILE.sql.`,
          { cause },
        );
      });
      const schema = readSchema(text);
      if (schema.tables.length === 0)
        throw new SurveyError(
          'schema-unreadable',
          `${path} creates no table. Give a script of the schema, such as what pg_dump --schema-only writes.`,
        );
      return { path, schema };
    }),
  );
}
