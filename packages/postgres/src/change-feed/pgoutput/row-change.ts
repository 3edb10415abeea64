import type { Row, RowChange } from '@banyan/runtime';
import { MessageReader } from './message-reader.ts';
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

/** Decodes an insert; `offset` is behind the message's type byte, here and below. */
export function decodeInsert(buffer: Buffer, offset: number, relations: Relations): RowChange {
  const reader = new MessageReader(buffer, offset);
  const relation = relationOf(relations, reader.uint32());
  reader.skip(1);
  return { op: 'insert', table: relation.table, row: decodeTuple(reader, relation) };
}

/** Decodes an update. An unchanged large value is taken from the old row where that was sent. */
export function decodeUpdate(buffer: Buffer, offset: number, relations: Relations): RowChange {
  const reader = new MessageReader(buffer, offset);
  const relation = relationOf(relations, reader.uint32());
  const kind = reader.uint8();
  if (kind !== KEY && kind !== OLD) {
    return { op: 'update', table: relation.table, row: decodeTuple(reader, relation) };
  }
  const old = decodeTuple(reader, relation, kind === KEY);
  reader.skip(1);
  const row = decodeTuple(reader, relation);
  return { op: 'update', table: relation.table, row: kind === OLD ? fillIn(row, old) : row, old };
}

function fillIn(row: Row, old: Row): Row {
  return { ...old, ...row };
}

/** Decodes a delete: the key, or the whole row under replica identity full. */
export function decodeDelete(buffer: Buffer, offset: number, relations: Relations): RowChange {
  const reader = new MessageReader(buffer, offset);
  const relation = relationOf(relations, reader.uint32());
  const kind = reader.uint8();
  return { op: 'delete', table: relation.table, old: decodeTuple(reader, relation, kind === KEY) };
}

/** Decodes a truncate, which may empty several tables. */
export function decodeTruncate(buffer: Buffer, offset: number, relations: Relations): RowChange[] {
  const reader = new MessageReader(buffer, offset);
  const count = reader.int32();
  reader.skip(1);
  const changes: RowChange[] = [];
  for (let index = 0; index < count; index++) {
    changes.push({ op: 'truncate', table: relationOf(relations, reader.uint32()).table });
  }
  return changes;
}
