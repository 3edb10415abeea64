import type { Row } from '@banyan/runtime';
import type { MessageReader } from './message-reader.ts';
import type { Relation } from './relation.ts';

const NULL = 0x6e;
const UNCHANGED = 0x75;
const TEXT = 0x74;

/**
 * Decodes the values of a row. A value that was not sent because it did not change is left out.
 * @param onlyKeys Whether to keep the columns of the replica identity alone: the others of a key tuple are sent as null.
 */
export function decodeTuple(reader: MessageReader, { columns, table }: Relation, onlyKeys = false): Row {
  const row: Record<string, string | null> = {};
  const count = reader.int16();
  for (let index = 0; index < count; index++) {
    const { name, key } = columns[index]!;
    const kind = reader.uint8();
    const wanted = !onlyKeys || key;
    if (kind === TEXT) {
      const value = reader.text(reader.int32());
      if (wanted) row[name] = value;
    } else if (kind === NULL) {
      if (wanted) row[name] = null;
    } else if (kind !== UNCHANGED) {
      throw new Error(`a value of unknown kind ${kind} in ${table}`);
    }
  }
  return row;
}
