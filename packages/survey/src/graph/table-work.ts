import type { Finding, TableRef } from '../code/finding.ts';
import type { TablesOfSql } from '../sql/tables-of-sql.ts';
import type { Evidence } from './graph.ts';
import type { MappedTables } from './mapped-tables.ts';
import type { Placed } from './placed.ts';
import type { TableCollector } from './table-collector.ts';
import { compare } from './tie-collector.ts';

type At = (what: string) => Evidence;

/** Notes which module works on which tables, and how these hang together. */
export class TableWork {
  readonly #tables: TableCollector;
  readonly #mapped: MappedTables;
  readonly #tablesOf: TablesOfSql;

  constructor(tables: TableCollector, mapped: MappedTables, tablesOf: TablesOfSql) {
    this.#tables = tables;
    this.#mapped = mapped;
    this.#tablesOf = tablesOf;
  }

  /** A table that a mapping keeps beside the class's own. */
  uses(finding: Finding & { kind: 'uses' }, id: string, at: At): void {
    const table = this.#tables.known(finding.table) ?? finding.table.toLowerCase();
    this.#tables.table(table, 'mapping', at(`mapped as ${table}`));
    this.#tables.use(id, table, finding.writes ? 'writes' : 'reads', at(`keeps rows of ${table}`));
  }

  /** A foreign key that is declared in code. */
  refers(finding: Finding & { kind: 'refers' }, placed: Placed, at: At): void {
    const [from, to] = [this.#mapped.ofRef(finding.from, placed), this.#mapped.ofRef(finding.to, placed)];
    if (from === undefined || to === undefined) return;
    const { columns, cascades } = finding;
    this.#tables.foreignKey({
      from,
      to,
      columns: columns.map((column) => column.toLowerCase()),
      cascades,
      evidence: [at(`${from} refers to ${to}`)],
    });
  }

  /** A module that keeps the rows of a class. */
  manages(finding: Finding & { kind: 'manages' }, { id, resolve }: Placed, at: At): void {
    const table = this.#mapped.ofClass(resolve(finding.type), finding.type);
    if (table === undefined) return;
    const { type, member = '*', how } = finding;
    for (const each of ['reads', 'writes'] as const) {
      if (how !== undefined && how !== each) continue;
      this.#tables.use(id, table, each, at(`${each} ${type}`));
      this.#tables.access({ module: id, member, table, writes: each === 'writes' });
    }
  }

  /** What one query of a library reads and writes. */
  queries(
    { reads, writes, columns = [], member }: Finding & { kind: 'queries' },
    placed: Placed,
    evidence: Evidence,
  ): void {
    const { id } = placed;
    const named = (refs: readonly TableRef[]) => [
      ...new Set(refs.map((ref) => this.#mapped.ofRef(ref, placed)).filter((table) => table !== undefined)),
    ];
    const [read, written] = [named(reads), named(writes)];
    const all = [...new Set([...read, ...written])].sort(compare);
    const what = `${written.length > 0 ? 'writes' : 'reads'} ${all.join(', ')}`;
    for (const table of all)
      if (this.#tables.known(table) === undefined)
        this.#tables.table(table, 'statement', { ...evidence, what });
    for (const table of read) {
      this.#tables.use(id, table, 'reads', { ...evidence, what });
      this.#tables.access({ module: id, member, table, writes: false });
    }
    for (const table of written) {
      this.#tables.use(id, table, 'writes', { ...evidence, what });
      const set = columns.length === 0 ? {} : { columns: columns.map((column) => column.toLowerCase()) };
      this.#tables.access({ module: id, member, table, writes: true, ...set });
    }
    if (all.length > 1)
      this.#tables.join({ module: id, tables: all, writes: written }, { ...evidence, what });
  }

  /** A relation of two classes is a foreign key of their tables, or two of the table between them. */
  relation(finding: Finding & { kind: 'relates' }, id: string, to: string, path: string): void {
    const { owns, line, member } = finding;
    const [mine, theirs] = [this.#mapped.of(id), this.#mapped.of(to)];
    if (mine === undefined || theirs === undefined) return;
    if (finding.through !== undefined) {
      const link = this.#tables.known(finding.through) ?? finding.through.toLowerCase();
      for (const target of [mine, theirs]) {
        const evidence = [{ path, line, what: `${link} links ${mine} and ${theirs} (${member})` }];
        if (link !== '')
          this.#tables.foreignKey({ from: link, to: target, columns: [], cascades: false, evidence });
      }
      return;
    }
    const [from, target] = finding.many ? [theirs, mine] : [mine, theirs];
    const evidence = [{ path, line, what: `${from} refers to ${target} (${member})` }];
    this.#tables.foreignKey({ from, to: target, columns: [], cascades: owns && finding.many, evidence });
  }

  /** What a statement reads and writes. */
  statement(id: string, text: string, evidence: Evidence, member = '*'): void {
    const found = this.#tablesOf(text);
    if (found === undefined) return;
    // `from a b` may be prose: it is believed of tables that are known.
    if (/^\s*from\b/i.test(text) && !found.reads.every((name) => this.#mapped.isKnown(name))) return;
    const what = text.replace(/\s+/g, ' ').trim().slice(0, 120);
    const named = (names: readonly string[]) =>
      names.map((name) => this.#mapped.named(name, { ...evidence, what }));
    const [reads, writes] = [named(found.reads), named(found.writes)];
    for (const table of reads) this.#tables.use(id, table, 'reads', { ...evidence, what });
    for (const table of writes) this.#tables.use(id, table, 'writes', { ...evidence, what });
    for (const table of reads) this.#tables.access({ module: id, member, table, writes: false });
    for (const table of writes) {
      const set = found.sets.filter((each) => this.#tables.known(each.table) === table);
      const columns = set.flatMap((each) => each.columns);
      this.#tables.access({
        module: id,
        member,
        table,
        writes: true,
        ...(columns.length === 0 ? {} : { columns }),
      });
    }
    const all = [...new Set([...reads, ...writes])].sort(compare);
    if (all.length > 1) this.#tables.join({ module: id, tables: all, writes }, { ...evidence, what });
  }
}
