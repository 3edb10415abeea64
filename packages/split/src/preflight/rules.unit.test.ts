import { describe, expect, test } from 'vitest';
import type { SeamChoices } from '../seam/choices.ts';
import type { OtherSplit } from '../seam/other-split.ts';
import { plainColumn, plainFacts, plainServer, plainTable } from './fixtures/facts.fixture.ts';
import { rareCases } from './fixtures/rare-cases.fixture.ts';
import { judge } from './preflight.ts';

const told = (facts: ReturnType<typeof plainFacts>) =>
  judge(facts)
    .filter(({ kind }) => kind !== 'room')
    .map(({ kind, object }) => `${kind} ${object}`);

const countries: OtherSplit = {
  name: 'lands',
  service: 'warehouse',
  keep: 'copy',
  tables: ['public.countries'],
  into: ['public.countries'],
  state: 'followed',
  owner: 'source',
};

describe('the rules', () => {
  test('have nothing to say of what is fit', () => {
    expect(told(plainFacts())).toEqual([]);
  });

  test.each(Object.entries(rareCases))('tell of %s', (kind, facts) => {
    expect(judge(facts).filter((problem) => problem.kind === kind)).toHaveLength(1);
  });

  test('let a table leave with only the columns that the plan names, as long as its key is among them', () => {
    const columns = ['id', 'title', 'stock'].map((name) => ({ ...plainColumn, name }));
    const facts = plainFacts({
      source: { tables: [{ ...plainTable, columns }] },
      target: { tables: [{ ...plainTable, columns: columns.filter(({ name }) => name !== 'title') }] },
    });
    const moving = (...names: string[]) => ({
      ...facts,
      plan: { ...facts.plan, tables: [{ name: 'public.items', columns: names }] },
    });
    expect(told(facts)).toEqual(['shapes-differ public.items']);
    expect(told(moving('id', 'stock'))).toEqual([]);
    expect(told(moving('stock'))).toContain('key-left-out public.items');
  });

  test('count the log of the copy itself where both sides are on one server', () => {
    const server = { ...plainServer, walKept: 2e9 };
    const source = { server, tables: [{ ...plainTable, bytes: 1e9 }] };
    const onOne = { server: { ...plainServer, database: 'warehouse', systemId: server.systemId } };
    expect(told(plainFacts({ source }))).toEqual([]);
    expect(told(plainFacts({ source, target: onOne }))).toContain('wal-kept-short max_slot_wal_keep_size');
  });

  test('let a table be planned for two services, and be given to one', () => {
    const facts = plainFacts();
    const beside = (other: Partial<OtherSplit>) => {
      const one: OtherSplit = {
        ...countries,
        keep: undefined,
        service: 'other',
        tables: ['public.items'],
        ...other,
      };
      return told({ ...facts, plan: { ...facts.plan, others: [one] } });
    };
    expect(beside({ state: 'planned' })).toEqual([]);
    expect(beside({ tables: ['public.orders'] })).toEqual([]);
    expect(beside({ state: 'begun' })).toEqual(['moved-by-split public.items']);
    expect(beside({ owner: 'target' })).toEqual(['moved-by-split public.items']);
  });

  test('say once that a table for rows of another shape is missing, with what makes it', () => {
    const feed = [
      { code: 'table-missing', message: 'There is no table.', remedy: 'Correct it.', table: 'goods.items' },
    ];
    const facts = plainFacts({ target: { tables: [], feed } });
    const reshaped = { into: ['goods.items'], back: true };
    const problems = judge({ ...facts, plan: { ...facts.plan, reshaped } });
    expect(problems.filter(({ object }) => object === 'goods.items')).toEqual([
      expect.objectContaining({ message: 'The target has no table goods.items.' }),
    ]);
  });

  test('name the answers that nobody carries out, and not those that are looked at', () => {
    const facts = plainFacts();
    const seam: SeamChoices = {
      transactions: { 'public.orders': { saga: { open: 'true' } }, 'public.bills': 'apart' },
      triggers: { 'public.items.told': 'carry', 'public.items.noted': 'convert' },
    };
    const [note] = judge({ ...facts, plan: { ...facts.plan, seam } }).filter(
      ({ kind }) => kind === 'answer-is-advice',
    );
    expect(note?.message).toMatch(
      /: public\.orders \(transactions: saga\), public\.items\.noted \(triggers: convert\)\.$/,
    );
  });

  test('take a sequence for shared only when the other table stays', () => {
    const sequence = { name: 'public.numbers', isOwned: true, alsoUsedBy: ['public.orders'] };
    const tables = [{ ...plainTable, columns: [{ ...plainColumn, sequence }] }];
    const facts = plainFacts({ source: { tables } });
    expect(told(facts)).toEqual(['sequence-shared public.numbers']);
    const together = { ...facts.plan, tables: [...facts.plan.tables, { name: 'public.orders' }] };
    expect(told({ ...facts, plan: together })).toEqual([]);
  });

  test('take rows for seen by the owner, unless row security is forced', () => {
    const server = { ...plainServer, rights: { ...plainServer.rights, bypassRowSecurity: false } };
    const withSecurity = (rowSecurity: 'on' | 'forced') =>
      told(plainFacts({ source: { server, tables: [{ ...plainTable, rowSecurity }] } }));
    expect(withSecurity('on')).toEqual(['row-security public.items']);
    expect(withSecurity('forced')).toEqual(['row-security-hides public.items', 'row-security public.items']);
  });

  test('take a table for shared when it is small, hardly changes, and both sides refer to it', () => {
    const country = {
      name: 'public.countries',
      rows: 200,
      changed: 1,
      referencedBy: ['public.items', 'public.orders'],
    };
    const key = {
      name: 'public.items.fk',
      from: 'public.items',
      to: 'public.countries',
      columns: ['country'],
      referenced: ['code'],
      onDelete: 'a',
      definition: '',
    };
    const seamOf = (change: Partial<typeof country>) => {
      const seam = { ...plainFacts().source.seam, tables: [{ ...country, ...change }], foreignKeys: [key] };
      return told(plainFacts({ source: { seam } }));
    };
    expect(seamOf({})).toEqual(['shared-table public.countries']);
    expect(seamOf({ changed: 100 })).toEqual(['foreign-key public.items.fk']);
    expect(seamOf({ rows: 20_000 })).toEqual(['foreign-key public.items.fk']);
    expect(seamOf({ referencedBy: ['public.items'] })).toEqual(['foreign-key public.items.fk']);
  });

  test('ask nothing of a copy that is only for tables which get another owner', () => {
    const facts = plainFacts({
      source: {
        server: { ...plainServer, rights: { ...plainServer.rights, subscribe: false, signal: false } },
        tables: [{ ...plainTable, rewriteRules: ['upsert'], publications: ['others'] }],
        sessions: {
          clients: [
            { user: 'shop', application: '', connections: 1, mayWrite: ['public.items'], listening: 1 },
          ],
          transactions: [],
          prepared: [],
        },
        seam: {
          ...plainFacts().source.seam,
          views: [{ name: 'public.shown', isMaterialized: false, tables: ['public.items'] }],
        },
      },
    });
    expect(told(facts)).toHaveLength(7);
    expect(told({ ...facts, plan: { ...facts.plan, keep: 'copy' } })).toEqual([]);
  });

  test.each([
    [
      'nobody keeps one',
      [],
      /no split keeps one.*splits: \{ countries: \{.*keep: 'copy' \} \}.*run countries/,
    ],
    ['one is planned', [{ ...countries, state: 'planned' }], /was not run.*banyan split run lands/],
    ['one is begun', [{ ...countries, state: 'begun' }], /still copying it/],
    ['another service has one', [{ ...countries, service: 'shop' }], /no split keeps one/],
    ['one is followed', [countries, { ...countries, name: 'old', state: 'planned' }], undefined],
  ] satisfies [string, OtherSplit[], RegExp | undefined][])(
    'say of a copy that is an answer, where %s, what to do',
    (_what, others, expected) => {
      const facts = plainFacts();
      const seam = { sharedTables: { 'public.countries': 'feed' } } as const;
      const found = judge({ ...facts, plan: { ...facts.plan, seam, others } });
      const texts = found
        .filter(({ kind }) => kind === 'copy-missing')
        .map(({ message, remedy }) => `${message} ${remedy}`);
      expect(texts).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
    },
  );

  test('have the worst first, and the same facts have the same list', () => {
    const facts = plainFacts({ source: { server: { ...plainServer, isStandby: true } } });
    const severities = judge(facts).map(({ severity }) => severity);
    expect(severities).toEqual([...severities].sort((a, b) => 'ewn'.indexOf(a[0]!) - 'ewn'.indexOf(b[0]!)));
    expect(judge(facts)).toEqual(judge(structuredClone(facts)));
  });
});
