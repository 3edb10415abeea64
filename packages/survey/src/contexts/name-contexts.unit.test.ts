import { expect, test } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import { nameContexts } from './name-contexts.ts';

interface Part {
  readonly modules: readonly string[];
  readonly tables?: readonly string[];
}

/** The names of contexts of classes in one package. */
function namesOf(parts: readonly Part[], folder = 'org.inn'): string[] {
  const modules = parts.flatMap((part) =>
    part.modules.map((name) => ({ id: name, name, package: folder }) as Graph['modules'][number]),
  );
  const tables = parts.flatMap((part) =>
    (part.tables ?? []).map(
      (name) => ({ name, columns: [] as string[] }) as unknown as Graph['tables'][number],
    ),
  );
  const contexts = new Map(
    parts.map(({ tables: kept = [], modules: own }, at) => [at, { modules: own, tables: kept }]),
  );
  const graph = { modules, tables, endpoints: [] as Graph['endpoints'] } as unknown as Graph;
  const named = nameContexts(contexts, graph, new Map());
  return parts.map((_, at) => named.get(at)!.name);
}

test('what tables are called goes before words of how the program is made', () => {
  const desk = { modules: ['GzipRoomRenderer', 'GzipRoomResolver', 'GzipWriter'], tables: ['rooms'] };
  expect(namesOf([desk, { modules: ['GuestBook'], tables: ['guests'] }])).toEqual(['room', 'guest']);
});

test('a context without a word of the domain is named by what it is made of, not by a number', () => {
  expect(namesOf([{ modules: ['ServiceImpl', 'ServiceFactory'] }, { modules: ['Guest'] }])[0]).toBe(
    'service',
  );
});

test('what all packages are called by names no context', () => {
  const parts = [
    { modules: ['InnRoomPrice', 'InnRoomBed'] },
    { modules: ['InnGuest', 'InnGuestDesk', 'InnPorter'] },
  ];
  expect(namesOf(parts)).toEqual(['room', 'guest']);
});

test('a number that belongs to a word stays with it', () => {
  expect(namesOf([{ modules: ['HL7Queue', 'HL7Archive', 'HL7Source'] }, { modules: ['Guest'] }])[0]).toBe(
    'hl7',
  );
});

test('two contexts of one word are told apart by the next', () => {
  const [one, other] = namesOf([
    { modules: ['GuestBill', 'GuestDebt', 'GuestTax'], tables: ['guest_bills'] },
    { modules: ['GuestKey', 'GuestKeys'], tables: ['guest_keys'] },
  ]);
  expect(one).not.toBe(other);
  for (const name of [one, other]) expect(name).toMatch(/^[a-z]+(-[a-z]+)?$/);
});

test('where no word is left a context is named by its table', () => {
  const parts = [1, 2].map((number) => ({ modules: [`f${number}`], tables: [`t${number}`] }));
  expect(namesOf(parts)).toEqual(['t1', 't2']);
});
