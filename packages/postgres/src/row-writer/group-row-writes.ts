import { Invalid, type Row, type RowWrite } from '@banyan/runtime';

/** Neighbouring writes that one statement can make. */
export type RowWriteGroup =
  | {
      readonly op: KeyedWrite['op'];
      readonly table: string;
      readonly key: readonly string[];
      /** The columns beside the key; empty for deletes. */
      readonly others: readonly string[];
      /** Those of the other columns whose value is added to what is there. */
      readonly added?: readonly string[];
      /** What rows that are not there mean to an update. */
      readonly absent?: 'skip' | 'refuse';
      /** No two with the same key. */
      readonly rows: readonly Row[];
    }
  | { readonly op: 'truncate'; readonly table: string };

interface OpenGroup {
  readonly signature: string;
  readonly op: KeyedWrite['op'];
  readonly table: string;
  readonly key: readonly string[];
  readonly others: readonly string[];
  readonly absent?: 'skip' | 'refuse';
  readonly rows: Map<string, Row>;
}

const maxRows = 2000;

/**
 * Puts neighbours of one kind, table and set of columns together, in order. Of several writes to one row in a group the last
 * remains, which has all the columns of the others.
 * @throws Invalid `row-write-without-key`
 */
export function groupRowWrites(writes: readonly RowWrite[]): readonly RowWriteGroup[] {
  const groups: RowWriteGroup[] = [];
  let open: OpenGroup | undefined;
  const close = (): void => {
    if (open === undefined) return;
    groups.push({ ...withoutSignature(open), rows: [...open.rows.values()] });
    open = undefined;
  };
  for (const write of writes) {
    if (write.op === 'truncate') {
      close();
      groups.push({ op: 'truncate', table: write.table });
      continue;
    }
    const signature = signatureOf(write);
    if (open?.signature !== signature || open.rows.size >= maxRows) {
      close();
      open = openGroup(write, signature);
    }
    addRow(open, write);
  }
  close();
  return groups;
}

type KeyedWrite = Exclude<RowWrite, { op: 'truncate' }>;

function withoutSignature({ signature: _signature, ...group }: OpenGroup): Omit<OpenGroup, 'signature'> {
  return group;
}

function columnsOf(write: KeyedWrite): { key: readonly string[]; others: readonly string[] } {
  const key = Object.keys(write.key).sort();
  const others =
    'row' in write ? Object.keys(write.row).filter((name) => !Object.hasOwn(write.key, name)) : [];
  return { key, others: others.sort() };
}

function signatureOf(write: KeyedWrite): string {
  const { key, others } = columnsOf(write);
  return JSON.stringify([write.op, write.table, key, others, 'absent' in write && write.absent]);
}

function openGroup(write: KeyedWrite, signature: string): OpenGroup {
  const absent = write.op === 'update' ? { absent: write.absent } : {};
  return { signature, op: write.op, table: write.table, ...columnsOf(write), ...absent, rows: new Map() };
}

function addRow(group: OpenGroup, write: KeyedWrite): void {
  const values = group.key.map((name) => write.key[name]);
  if (values.length === 0 || values.some((value) => value === null || value === undefined)) {
    throw new Invalid(
      'row-write-without-key',
      `An ${write.op} of a row of ${write.table} has the key ${JSON.stringify(write.key)}: give every key column a value.`,
    );
  }
  const identity = JSON.stringify(values);
  // Set anew so that the row takes the place of its last write.
  group.rows.delete(identity);
  group.rows.set(identity, 'row' in write ? { ...write.row, ...write.key } : write.key);
}
