import type { FileFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';
import type { Language } from '../code/language.ts';
import type { MapperFile } from '../java/xml/mybatis-xml.ts';
import type { Schema } from '../sql/read-schema.ts';
import type { TablesOfSql } from '../sql/tables-of-sql.ts';
import { type Configuration, configured } from './configured.ts';
import type { Endpoint, Evidence, Graph, Module, TransactionalMember } from './graph.ts';
import { MappedTables } from './mapped-tables.ts';
import { type Placed, placed } from './placed.ts';
import { TableCollector } from './table-collector.ts';
import { TableWork } from './table-work.ts';
import { compare, TieCollector } from './tie-collector.ts';
import { wordsOfModules } from './words-of-modules.ts';

/** What was read from the files of a repository. */
export interface SourceFacts {
  readonly code: readonly { readonly language: Language; readonly files: readonly FileFacts[] }[];
  readonly schemas: readonly { readonly path: string; readonly schema: Schema }[];
  readonly mappers: readonly { readonly path: string; readonly mapper: MapperFile }[];
  readonly configurations?: readonly Configuration[];
}

export interface BuiltGraph {
  readonly graph: Graph;
  /** The words of each module with their weights. */
  readonly words: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Joins the facts of all files into one graph. */
export function buildGraph(facts: SourceFacts, tablesOf: TablesOfSql): BuiltGraph {
  return new Builder(tablesOf).build(facts);
}

class Builder {
  readonly #ties = new TieCollector();
  readonly #tables = new TableCollector();
  readonly #mapped = new MappedTables(this.#tables);
  readonly #work: TableWork;
  readonly #modules = new Map<string, Module>();
  readonly #endpoints: Endpoint[] = [];
  readonly #transactions: TransactionalMember[] = [];

  constructor(tablesOf: TablesOfSql) {
    this.#work = new TableWork(this.#tables, this.#mapped, tablesOf);
  }

  build({ code, schemas, mappers, configurations = [] }: SourceFacts): BuiltGraph {
    for (const { schema, path } of schemas) {
      this.#tables.schema(schema, path);
      this.#mapped.schema(schema);
    }
    const all = code.flatMap(({ language, files }) => placed(language, files));
    for (const { id, module } of all) if (!this.#modules.has(id)) this.#modules.set(id, module);
    const beside = configured(configurations, all);
    for (const one of [...all, ...beside]) this.#mapped.add(one);
    for (const one of all) this.#ofUnit(one);
    for (const one of beside) for (const finding of one.findings) this.#ofFinding(finding, one);
    for (const one of all) this.#script(one);
    for (const { mapper, path } of mappers) this.#mapper(mapper, path, all);
    const graph: Graph = {
      modules: [...this.#modules.values()].sort((a, b) => compare(a.id, b.id)),
      ties: this.#ties.ties(),
      tables: this.#tables.tables(),
      foreignKeys: this.#tables.foreignKeys(),
      databaseCode: this.#tables.databaseCode(),
      tableUses: this.#tables.uses(),
      accesses: this.#tables.accesses(),
      joins: this.#tables.joins(),
      endpoints: this.#endpoints.sort((a, b) => compare(a.module + a.name, b.module + b.name)),
      calls: this.#ties.calls(),
      transactions: this.#transactions,
    };
    return { graph, words: wordsOfModules(all, graph) };
  }

  #ofUnit(placed: Placed): void {
    const { id, unit, file, resolve, findings } = placed;
    for (const mention of unit.mentions) {
      const to = resolve(mention.name);
      if (to !== undefined) this.#ties.add(id, to, mention, file.path);
    }
    for (const { from, as, line } of file.imports) {
      const to = as === '*' ? undefined : resolve(as);
      if (to !== undefined && to !== id && !this.#ties.has(id, to))
        this.#ties.add(id, to, { name: from, how: 'imports', line }, file.path);
    }
    for (const finding of findings) this.#ofFinding(finding, placed);
  }

  #ofFinding(finding: Finding, placed: Placed): void {
    const { id, file } = placed;
    const at = (what: string): Evidence => ({ path: file.path, line: finding.line, what });
    switch (finding.kind) {
      case 'uses':
        this.#work.uses(finding, id, at);
        return;
      case 'queries':
        this.#work.queries(finding, placed, at('query'));
        return;
      case 'refers':
        this.#work.refers(finding, placed, at);
        return;
      case 'manages':
        this.#work.manages(finding, placed, at);
        return;
      case 'statement':
        this.#work.statement(id, finding.text, at('statement'), finding.member);
        return;
      case 'relates':
        this.#relation(finding, placed);
        return;
      case 'endpoint':
        this.#endpoints.push({
          kind: finding.of,
          name: finding.name.trim(),
          module: id,
          member: finding.member,
          evidence: [at(finding.name.trim())],
        });
        return;
      case 'transaction':
        this.#transactions.push({
          module: id,
          member: finding.member ?? '*',
          evidence: [at('in one transaction')],
        });
    }
  }

  /** A file that nobody imports and that does something when it is loaded is started by hand or by a clock. */
  #script({ id, unit, file, findings }: Placed): void {
    if (unit.kind !== 'module' || this.#ties.isUsed(id)) return;
    if (findings.some(({ kind }) => kind === 'endpoint')) return;
    const does = unit.mentions.some(({ how, member }) => how === 'calls' && member === '<top>');
    if (!does) return;
    const evidence = [{ path: file.path, line: 1, what: 'runs when it is loaded' }];
    this.#endpoints.push({ kind: 'job', name: file.path, module: id, member: '<top>', evidence });
  }

  #relation(finding: Finding & { kind: 'relates' }, { id, file, resolve }: Placed): void {
    const to = resolve(finding.type);
    if (to === undefined) return;
    const { type: name, owns, line, member } = finding;
    this.#ties.add(id, to, { name, how: owns ? 'owns' : 'relates', line, member }, file.path);
    this.#work.relation(finding, id, to, file.path);
  }

  #mapper({ namespace, statements }: MapperFile, path: string, placed: readonly Placed[]): void {
    const owner = placed.find(({ id }) => id === namespace);
    if (owner === undefined) return;
    for (const { id: statement, text, types, line } of statements) {
      this.#work.statement(namespace, text, { path, line, what: statement }, statement);
      for (const type of types) {
        const to = owner.resolve(type) ?? this.#byName(type);
        if (to !== undefined)
          this.#ties.add(namespace, to, { name: type, how: 'manages', line, member: statement }, path);
      }
    }
  }

  /** A type alias: mappers may name a class without its package. */
  #byName(name: string): string | undefined {
    const found = [...this.#modules.values()].filter((module) => module.name === name);
    return found.length === 1 ? found[0]!.id : undefined;
  }
}
