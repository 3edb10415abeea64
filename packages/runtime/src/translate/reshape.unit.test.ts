import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Terminal } from '../errors/errors.ts';
import type { Row, RowChange, RowWrite } from '../feed/row-change.ts';
import { reshape } from './reshape.ts';

const customers = 'public.customers';
const points = 'public.points';

/** A customer is a person or a company with an address for each line of text; points are columns of persons. */
const translate = reshape({
  [customers]: {
    into: {
      'crm.people': { by: { id: 'id' } },
      'crm.companies': { by: { id: 'id' } },
      'crm.addresses': { by: { owner: 'id' } },
    },
    rows: ({ id, kind, name, note, places }) => [
      kind === 'company'
        ? { table: 'crm.companies', key: { id }, row: { name } }
        : { table: 'crm.people', key: { id }, row: { name, note } },
      ...(places ?? '')
        .split('\n')
        .filter((place) => place !== '')
        .map((place, index) => ({
          table: 'crm.addresses',
          key: { owner: id, place: String(index) },
          row: { text: place },
        })),
    ],
  },
  [points]: {
    into: { 'crm.people': { by: { id: 'customer' }, gone: { points: '0' } } },
    rows: ({ customer, sum }) => [{ table: 'crm.people', key: { id: customer }, row: { points: sum } }],
  },
});

const ada: Row = { id: '1', kind: 'person', name: 'Ada', note: 'long', places: 'Home\nWork' };
const insert = (row: Row, table = customers): RowChange => ({ op: 'insert', table, row });
const update = (row: Row, old?: Row, table = customers): RowChange => ({
  op: 'update',
  table,
  row,
  ...(old === undefined ? {} : { old }),
});

describe('a row', () => {
  test('given a new one, then it is in each table that it becomes part of', () => {
    expect(translate(insert(ada))).toEqual([
      { op: 'upsert', table: 'crm.people', key: { id: '1' }, row: { name: 'Ada', note: 'long' } },
      { op: 'upsert', table: 'crm.addresses', key: { owner: '1', place: '0' }, row: { text: 'Home' } },
      { op: 'upsert', table: 'crm.addresses', key: { owner: '1', place: '1' }, row: { text: 'Work' } },
    ]);
  });

  test('given one that becomes something else, then it leaves where it was', () => {
    expect(translate(update({ ...ada, kind: 'company', places: null }))).toEqual([
      { op: 'delete', table: 'crm.people', key: { id: '1' } },
      { op: 'upsert', table: 'crm.companies', key: { id: '1' }, row: { name: 'Ada' } },
      { op: 'delete', table: 'crm.addresses', key: { owner: '1' } },
    ]);
  });

  test('given one that goes, then all that was made of it goes', () => {
    expect(translate({ op: 'delete', table: customers, old: { id: '1' } })).toEqual([
      { op: 'delete', table: 'crm.people', key: { id: '1' } },
      { op: 'delete', table: 'crm.companies', key: { id: '1' } },
      { op: 'delete', table: 'crm.addresses', key: { owner: '1' } },
    ]);
  });

  test('given another key, then the old row goes and the new one comes', () => {
    expect(translate(update({ ...ada, id: '2', places: '' }, { id: '1' }))).toEqual([
      ...translate({ op: 'delete', table: customers, old: { id: '1' } }),
      { op: 'upsert', table: 'crm.people', key: { id: '2' }, row: { name: 'Ada', note: 'long' } },
    ]);
  });

  test('given several for one of ours, then only one of them removes it', () => {
    expect(translate(insert({ customer: '1', sum: '7' }, points))).toEqual([
      { op: 'upsert', table: 'crm.people', key: { id: '1' }, row: { points: '7' } },
    ]);
    expect(translate({ op: 'delete', table: points, old: { customer: '1' } })).toEqual([
      { op: 'update', table: 'crm.people', key: { id: '1' }, row: { points: '0' }, absent: 'skip' },
    ]);
    expect(() => translate({ op: 'truncate', table: points })).toThrow(
      /come of public.customers: begin with a new snapshot/,
    );
  });

  test('given a table of nobody here, then nothing is written', () => {
    expect(translate({ op: 'truncate', table: 'public.other' })).toEqual([]);
    expect(
      reshape({ a: { into: { b: { by: { id: 'id' } } }, rows: () => [] } })({ op: 'truncate', table: 'a' }),
    ).toEqual([{ op: 'truncate', table: 'b' }]);
  });
});

describe('a large value that did not change', () => {
  const { note: _note, ...unsent } = ada;
  const { places: _places, ...withoutPlaces } = ada;

  test('given on, is left as it is, of a row that must be there', () => {
    expect(translate(update({ ...unsent, places: '' }))[0]).toEqual({
      op: 'update',
      table: 'crm.people',
      key: { id: '1' },
      row: { name: 'Ada' },
      absent: 'refuse',
    });
  });

  test('made something else of, is refused with what to do; under replica identity full it is known', () => {
    expect(() => translate(update(withoutPlaces))).toThrow(
      /public.customers failed with the row {"id":"1"} \(update\): .*places.*replica identity full/,
    );
    expect(translate(update(withoutPlaces, ada))).toHaveLength(5);
  });
});

describe('a translator that is wrong', () => {
  const of = (rows: Parameters<typeof reshape>[0][string]['rows']) =>
    reshape({ [customers]: { into: { 'crm.people': { by: { id: 'id' } } }, rows } });

  test.each([
    ['throws', of(() => JSON.parse('{')), /JSON/],
    [
      'reads a column that there is not',
      of((row) => [{ table: 'crm.people', key: { id: row.idd }, row: {} }]),
      /column idd/,
    ],
    [
      'names another table',
      of(({ id }) => [{ table: 'crm.persons', key: { id }, row: {} }]),
      /crm.persons.*\(into\)/,
    ],
    [
      'makes what is not found again',
      of(() => [{ table: 'crm.people', key: { id: '2' }, row: {} }]),
      /id of crm.people is to hold id/,
    ],
    [
      'gives no key',
      of(() => [{ table: 'crm.people', key: { id: null }, row: {} }]),
      /without a value of its key id/,
    ],
  ])('that %s says for which row, and what to do', (_how, wrong, message) => {
    const run = () => wrong(insert(ada));
    expect(run).toThrow(Terminal);
    expect(run).toThrow(/public.customers failed with the row {"id":"1"} \(insert\)/);
    expect(run).toThrow(message);
    expect(run).toThrow(/Correct the translator and go on/);
  });
});

describe('for any history', () => {
  const row = fc.record({
    id: fc.constantFrom('1', '2', '3'),
    kind: fc.constantFrom('person', 'company'),
    name: fc.string({ maxLength: 3 }),
    note: fc.constantFrom('a', 'b'),
    places: fc.constantFrom('', 'x', 'x\ny', 'z'),
  });
  const step = fc.record({
    row,
    to: fc.constantFrom('1', '2', '3'),
    op: fc.constantFrom('write', 'delete', 'move'),
    full: fc.boolean(),
  });

  test('ours is at the end what the rows that are left translate to', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const theirs = new Map<string, Row>();
        const ours = new Map<string, Row>();
        for (const one of steps)
          for (const change of changesOf(theirs, one))
            for (const write of translate(change)) apply(ours, write);
        const expected = new Map<string, Row>();
        for (const left of theirs.values())
          for (const write of translate(insert(left))) apply(expected, write);
        expect(sorted(ours)).toEqual(sorted(expected));
      }),
    );
  });
});

interface Step {
  readonly row: Row & { readonly id: string };
  readonly to: string;
  readonly op: string;
  readonly full: boolean;
}

function changesOf(theirs: Map<string, Row>, { row, to, op, full }: Step): RowChange[] {
  const old = theirs.get(row.id);
  if (op === 'delete' || op === 'move') {
    if (old === undefined || (op === 'move' && theirs.has(to))) return [];
    theirs.delete(row.id);
    if (op === 'delete') return [{ op: 'delete', table: customers, old: full ? old : { id: row.id } }];
    theirs.set(to, { ...old, id: to });
    return [update({ ...old, id: to }, full ? old : { id: row.id })];
  }
  theirs.set(row.id, row);
  if (old === undefined) return [insert(row)];
  const { note, ...unsent } = row;
  // Nothing of a company's note is kept, so it can't be left out once it is a person's.
  const isKept = note === old.note && old.kind === 'person' && row.kind === 'person' && row.places === '';
  return [update(isKept && !full ? unsent : row, full ? old : undefined)];
}

function apply(rows: Map<string, Row>, write: RowWrite): void {
  if (write.op === 'truncate') throw new Error('not part of these histories');
  const id = JSON.stringify([write.table, ...Object.entries(write.key)]);
  if (write.op === 'delete') {
    for (const [name, row] of rows)
      if (
        name.startsWith(`["${write.table}"`) &&
        Object.entries(write.key).every(([key, value]) => row[key] === value)
      )
        rows.delete(name);
  } else if (write.op === 'upsert' || rows.has(id))
    rows.set(id, { ...rows.get(id), ...write.key, ...write.row });
  else if (write.absent === 'refuse') throw new Error(`${id} is not there`);
}

function sorted(rows: Map<string, Row>): unknown {
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
}
