import type { SchemaCode } from '../sql/read-database-code.ts';
import type { Schema } from '../sql/read-schema.ts';
import type { Access, DatabaseCode, Evidence, ForeignKey, Table, TableJoin, TableUse } from './graph.ts';
import { compare } from './tie-collector.ts';

const evidenceKept = 5;

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Gathers tables, who uses them and how they hang together. */
export class TableCollector {
  readonly #tables = new Map<string, Draft<Table> & { evidence: Evidence[] }>();
  /** The first table of each name without underscores. */
  readonly #bare = new Map<string, string>();
  readonly #uses = new Map<string, Draft<TableUse> & { evidence: Evidence[] }>();
  readonly #keys = new Map<string, ForeignKey>();
  readonly #joins = new Map<string, Draft<TableJoin> & { evidence: Evidence[] }>();

  readonly #code = new Map<string, SchemaCode & { path: string }>();
  readonly #accesses = new Map<string, Access>();

  schema({ tables, foreignKeys, code = [] }: Schema, path: string): void {
    for (const each of code) this.#code.set(`${each.kind}\n${each.name}\n${each.on}`, { ...each, path });
    for (const { name, line, columns, primaryKey } of tables) {
      this.table(name, 'schema', { path, line, what: `creates ${name}` }, columns);
      if (primaryKey !== undefined) this.#tables.get(name)!.primaryKey = primaryKey;
    }
    for (const { line, ...key } of foreignKeys)
      this.foreignKey({ ...key, evidence: [{ path, line, what: `${key.from} refers to ${key.to}` }] });
  }

  table(name: string, from: Table['from'], evidence: Evidence, columns: readonly string[] = []): void {
    const known = this.#tables.get(name);
    if (known === undefined) {
      const bare = name.replace(/_/g, '');
      if (!this.#bare.has(bare)) this.#bare.set(bare, name);
      return void this.#tables.set(name, { name, from, columns, evidence: [evidence] });
    }
    // A class may have other fields than its table has columns.
    const isKnown = from === 'mapping' && known.columns.length > 0;
    if (columns.length > known.columns.length && !isKnown) known.columns = columns;
    if (known.evidence.length < evidenceKept) known.evidence.push(evidence);
  }

  foreignKey(key: ForeignKey): void {
    const id = `${key.from}\n${key.to}`;
    const known = this.#keys.get(id);
    if (known === undefined || (key.cascades && !known.cascades)) this.#keys.set(id, key);
  }

  /** The name under which a table is known that is written in this way: without regard to case and underscores. */
  known(name: string): string | undefined {
    const lower = name.toLowerCase();
    if (this.#tables.has(lower)) return lower;
    return this.#bare.get(lower.replace(/_/g, ''));
  }

  use(module: string, table: string, how: 'reads' | 'writes' | 'maps', evidence: Evidence): void {
    const id = `${module}\n${table}`;
    const use = this.#uses.get(id) ?? { module, table, reads: 0, writes: 0, maps: false, evidence: [] };
    this.#uses.set(id, use);
    if (how === 'maps') use.maps = true;
    else use[how] += 1;
    if (use.evidence.length < evidenceKept) use.evidence.push(evidence);
  }

  access(access: Access): void {
    this.#accesses.set(Object.values(access).join('\n'), access);
  }

  accesses(): Access[] {
    return inOrder(this.#accesses);
  }

  join({ module, tables, writes }: Omit<TableJoin, 'evidence'>, evidence: Evidence): void {
    const id = `${module}\n${tables.join(',')}\n${writes.join(',')}`;
    const join = this.#joins.get(id) ?? { module, tables, writes, evidence: [] };
    this.#joins.set(id, join);
    if (join.evidence.length < evidenceKept) join.evidence.push(evidence);
  }

  tables(): Table[] {
    return [...this.#tables.values()].sort((a, b) => compare(a.name, b.name));
  }

  uses(): TableUse[] {
    return inOrder(this.#uses);
  }

  foreignKeys(): ForeignKey[] {
    return inOrder(this.#keys).filter(({ from, to }) => this.#tables.has(from) && this.#tables.has(to));
  }

  databaseCode(): DatabaseCode[] {
    return inOrder(this.#code).map(({ kind, name, on, runs, words, line, path }) => {
      const named = kind === 'trigger' ? [on ?? ''] : words;
      const tables = [...new Set(named.filter((word) => this.#tables.has(word) && word !== name))].sort(
        compare,
      );
      const evidence = [{ path, line, what: `creates the ${kind} ${name}` }];
      return { kind, name, tables, ...(runs === undefined ? {} : { runs }), evidence };
    });
  }

  joins(): TableJoin[] {
    return inOrder(this.#joins);
  }
}

function inOrder<T>(found: ReadonlyMap<string, T>): T[] {
  return [...found].sort(([a], [b]) => compare(a, b)).map(([, value]) => value);
}
