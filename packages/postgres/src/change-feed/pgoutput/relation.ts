import type { MessageReader } from './message-reader.ts';

/** A column as the log describes it. */
export interface RelationColumn {
  readonly name: string;
  readonly type: number;
  /** The modifier of the type, such as a length. */
  readonly modifier: number;
  /** Whether it is part of the replica identity. */
  readonly key: boolean;
}

/** A table as the log describes it, before its first change and after every change of its shape. */
export interface Relation {
  readonly id: number;
  /** `schema.table`. */
  readonly table: string;
  /** `d` primary key, `n` nothing, `f` the whole row, `i` an index. */
  readonly identity: string;
  readonly columns: readonly RelationColumn[];
}

/** Decodes a relation message; the reader is behind its type byte. */
export function decodeRelation(reader: MessageReader): Relation {
  const id = reader.uint32();
  // An empty schema stands for pg_catalog.
  const schema = reader.string() || 'pg_catalog';
  const table = `${schema}.${reader.string()}`;
  const identity = String.fromCharCode(reader.uint8());
  const columns: RelationColumn[] = [];
  for (let count = reader.int16(); count > 0; count--) {
    const key = (reader.uint8() & 1) === 1;
    columns.push({ key, name: reader.string(), type: reader.uint32(), modifier: reader.int32() });
  }
  return { id, table, identity, columns };
}
