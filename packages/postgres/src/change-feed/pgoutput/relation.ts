import { MessageReader } from './message-reader.ts';

/** A table as the log describes it, before its first change and after every change of its shape. */
export interface Relation {
  readonly id: number;
  /** `schema.table`. */
  readonly table: string;
  /** `d` primary key, `n` nothing, `f` the whole row, `i` an index. */
  readonly identity: string;
  readonly columns: readonly string[];
  /** Which of the columns are part of the replica identity. */
  readonly keys: ReadonlySet<string>;
}

/** Decodes a relation message; `offset` is behind its type byte. */
export function decodeRelation(buffer: Buffer, offset: number): Relation {
  const reader = new MessageReader(buffer, offset);
  const id = reader.uint32();
  // An empty schema stands for pg_catalog.
  const schema = reader.string() || 'pg_catalog';
  const table = `${schema}.${reader.string()}`;
  const identity = String.fromCharCode(reader.uint8());
  const count = reader.int16();
  const columns: string[] = [];
  const keys = new Set<string>();
  for (let index = 0; index < count; index++) {
    const isKey = (reader.uint8() & 1) === 1;
    const name = reader.string();
    reader.skip(8);
    columns.push(name);
    if (isKey) keys.add(name);
  }
  return { id, table, identity, columns, keys };
}
