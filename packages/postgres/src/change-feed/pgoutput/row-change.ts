import { type Row, type RowChange, Terminal } from '@banyan/runtime';
import type { MessageReader } from './message-reader.ts';
import type { Relation } from './relation.ts';
import { decodeTuple } from './tuple.ts';

const KEY = 0x4b;
const OLD = 0x4f;

/** The relations that the log has described so far. */
export type Relations = ReadonlyMap<number, Relation>;

function relationOf(relations: Relations, id: number): Relation {
  const relation = relations.get(id);
  if (relation === undefined) throw new Error(`a change of table ${id}, which the log did not describe`);
  return relation;
}

/** Decodes an insert; the reader is behind the message's type byte, here and below. */
export function decodeInsert(reader: MessageReader, relations: Relations): RowChange {
  const relation = relationOf(relations, reader.uint32());
  reader.skip(1);
  return { op: 'insert', table: relation.table, row: decodeTuple(reader, relation) };
}

/**
 * Decodes an update. An unchanged large value is taken from the old row where that was sent.
 * @throws Terminal `unchanged-value-unknown`
 */
export function decodeUpdate(reader: MessageReader, relations: Relations): RowChange {
  const relation = relationOf(relations, reader.uint32());
  const { table } = relation;
  const kind = reader.uint8();
  if (kind !== KEY && kind !== OLD) return { op: 'update', table, row: decodeTuple(reader, relation) };
  const old = decodeTuple(reader, relation, kind === KEY);
  reader.skip(1);
  const row = decodeTuple(reader, relation);
  if (kind === OLD) return { op: 'update', table, row: { ...old, ...row }, old };
  refuseLostValue(relation, row, old);
  return { op: 'update', table, row, old };
}

/** Under a new key, a value that was not sent is nowhere to be had. */
function refuseLostValue({ table, columns }: Relation, row: Row, old: Row): void {
  const missing = columns.find(({ name }) => row[name] === undefined);
  if (missing === undefined || Object.keys(old).every((name) => row[name] === old[name])) return;
  throw new Terminal(
    'unchanged-value-unknown',
    `A row of ${table} got another key, and its large value of ${missing.name} is not in the log because it did not change. ` +
      `Run: alter table ${table} replica identity full; then reset the subscription to take a new snapshot.`,
  );
}

/** Decodes a delete: the key, or the whole row under replica identity full. */
export function decodeDelete(reader: MessageReader, relations: Relations): RowChange {
  const relation = relationOf(relations, reader.uint32());
  const kind = reader.uint8();
  return { op: 'delete', table: relation.table, old: decodeTuple(reader, relation, kind === KEY) };
}

/** Decodes a truncate, which may empty several tables. */
export function decodeTruncate(reader: MessageReader, relations: Relations): RowChange[] {
  const changes: RowChange[] = [];
  const count = reader.int32();
  reader.skip(1);
  for (let index = 0; index < count; index++)
    changes.push({ op: 'truncate', table: relationOf(relations, reader.uint32()).table });
  return changes;
}
