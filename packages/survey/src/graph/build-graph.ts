import type { FileFacts, UnitFacts } from '../code/facts.ts';
import type { Finding, TableRef } from '../code/finding.ts';
import type { Language } from '../code/language.ts';
import type { MapperFile } from '../java/mybatis-xml.ts';
import type { Schema } from '../sql/read-schema.ts';
import type { TablesOfSql } from '../sql/tables-of-sql.ts';
import { moduleWords } from '../words/module-words.ts';
import { addTo } from './add-to.ts';
import type { Endpoint, Evidence, Graph, Module, TransactionalMember } from './graph.ts';
import { TableCollector } from './table-collector.ts';
import { compare, TieCollector } from './tie-collector.ts';

/** What was read from the files of a repository. */
export interface SourceFacts {
  readonly code: readonly { readonly language: Language; readonly files: readonly FileFacts[] }[];
  readonly schemas: readonly { readonly path: string; readonly schema: Schema }[];
  readonly mappers: readonly { readonly path: string; readonly mapper: MapperFile }[];
}

interface Placed {
  readonly id: string;
  readonly unit: UnitFacts;
  readonly file: FileFacts;
  readonly resolve: (name: string) => string | undefined;
  readonly origin: (name: string) => { readonly module: string; readonly name: string } | undefined;
  readonly findings: readonly Finding[];
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
  readonly #tablesOf: TablesOfSql;
  readonly #ties = new TieCollector();
  readonly #tables = new TableCollector();
  readonly #modules = new Map<string, Module>();
  readonly #endpoints: Endpoint[] = [];
  readonly #transactions: TransactionalMember[] = [];
  /** The table of each module that stands for one. */
  readonly #tableOf = new Map<string, string>();
  /** The same by the names of the modules, once all are known. */
  #entityTables: Map<string, string> | undefined;
  /** Tables that are declared under a name of a file, and those of models by their names in lower case. */
  readonly #declared = new Map<string, string>();
  readonly #models = new Map<string, string>();

  constructor(tablesOf: TablesOfSql) {
    this.#tablesOf = tablesOf;
  }

  build({ code, schemas, mappers }: SourceFacts): BuiltGraph {
    for (const { schema, path } of schemas) {
      this.#tables.schema(schema, path);
      for (const [model, table] of schema.models ?? []) this.#models.set(model.toLowerCase(), table);
    }
    const placed = code.flatMap(({ language, files }) => this.#place(language, files));
    for (const one of placed) this.#mappedTable(one);
    for (const one of placed) this.#ofUnit(one);
    for (const one of placed) this.#script(one);
    for (const { mapper, path } of mappers) this.#mapper(mapper, path, placed);
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
    return { graph, words: wordsOf(placed, graph) };
  }

  #place(language: Language, files: readonly FileFacts[]): Placed[] {
    const resolver = language.resolver(files);
    const origins = language.origins?.(files);
    return files.flatMap((file) =>
      file.units.map((unit): Placed => {
        const id = language.idOf(file, unit.name);
        const { name, kind, line, lines } = unit;
        const { path, package: inPackage } = file;
        const module = { id, name, kind, language: language.name, package: inPackage, path, line, lines };
        if (!this.#modules.has(id)) this.#modules.set(id, module);
        const resolve = (written: string) => (written === 'this' ? id : resolver(file, written));
        const findings = language.frameworks.flatMap((framework) => [...framework(unit, file)]);
        const origin = (written: string) => origins?.(file, written);
        return { id, unit, file, resolve, origin, findings };
      }),
    );
  }

  #mappedTable(placed: Placed): void {
    this.#declaredTables(placed);
    const { id, unit, file, findings } = placed;
    for (const finding of findings) {
      if (finding.kind !== 'maps') continue;
      const written = finding.table ?? unit.name;
      const table = this.#tables.known(written) ?? snakeCase(written);
      const evidence = { path: file.path, line: finding.line, what: `${unit.name} is a row of ${table}` };
      this.#tables.table(table, 'mapping', evidence, fieldsOf(unit));
      this.#tables.use(id, table, 'maps', evidence);
      this.#tableOf.set(id, table);
    }
  }

  #declaredTables({ id, file, findings }: Placed): void {
    const declared = findings.filter((finding) => finding.kind === 'declares');
    for (const { table: written, as, model, columns, line } of declared) {
      const table = this.#tables.known(written) ?? written.toLowerCase();
      const evidence = { path: file.path, line, what: `declares ${table}` };
      this.#tables.table(
        table,
        'mapping',
        evidence,
        columns?.map((column) => column.toLowerCase()),
      );
      if (as !== undefined) this.#declared.set(`${id}\n${as}`, table);
      if (model !== undefined) this.#models.set(model.toLowerCase(), table);
    }
    const [only, ...others] = declared.filter(({ maps }) => maps === true);
    if (only === undefined || others.length > 0) return;
    const table = this.#tables.known(only.table) ?? only.table.toLowerCase();
    const evidence = { path: file.path, line: only.line, what: `declares ${table}` };
    this.#tables.use(id, table, 'maps', evidence);
    this.#tableOf.set(id, table);
  }

  #tableOfRef(
    { table, isSure = false, name, model }: TableRef,
    { id, origin, resolve }: Placed,
  ): string | undefined {
    if (table !== undefined) return this.#tables.known(table) ?? (isSure ? table.toLowerCase() : undefined);
    if (name !== undefined) {
      const from = origin(name);
      const declared = this.#declared.get(`${from?.module ?? id}\n${from?.name ?? name}`);
      if (declared !== undefined) return declared;
      const mapped = this.#tableOf.get(resolve(name) ?? '');
      if (mapped !== undefined) return mapped;
    }
    return model === undefined ? undefined : this.#models.get(model.toLowerCase());
  }

  #queries(
    { reads, writes, columns = [], member }: Finding & { kind: 'queries' },
    placed: Placed,
    evidence: Evidence,
  ): void {
    const { id } = placed;
    const named = (refs: readonly TableRef[]) => [
      ...new Set(refs.map((ref) => this.#tableOfRef(ref, placed)).filter((table) => table !== undefined)),
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
    const { id, file, resolve } = placed;
    const at = (what: string): Evidence => ({ path: file.path, line: finding.line, what });
    switch (finding.kind) {
      case 'uses': {
        const table = this.#tables.known(finding.table) ?? finding.table.toLowerCase();
        this.#tables.table(table, 'mapping', at(`mapped as ${table}`));
        this.#tables.use(id, table, finding.writes ? 'writes' : 'reads', at(`keeps rows of ${table}`));
        return;
      }
      case 'queries':
        this.#queries(finding, placed, at('query'));
        return;
      case 'refers': {
        const [from, to] = [this.#tableOfRef(finding.from, placed), this.#tableOfRef(finding.to, placed)];
        if (from === undefined || to === undefined) return;
        const { columns, cascades } = finding;
        this.#tables.foreignKey({
          from,
          to,
          columns: columns.map((column) => column.toLowerCase()),
          cascades,
          evidence: [at(`${from} refers to ${to}`)],
        });
        return;
      }
      case 'manages': {
        const of = resolve(finding.type);
        // A class may be mapped elsewhere, by its name.
        const table =
          of === undefined
            ? undefined
            : (this.#tableOf.get(of) ?? this.#models.get(this.#modules.get(of)!.name.toLowerCase()));
        if (table === undefined) return;
        const { type, member = '*', how } = finding;
        for (const each of ['reads', 'writes'] as const) {
          if (how !== undefined && how !== each) continue;
          this.#tables.use(id, table, each, at(`${each} ${type}`));
          this.#tables.access({ module: id, member, table, writes: each === 'writes' });
        }
        return;
      }
      case 'statement':
        this.#statement(id, finding.text, at('statement'), finding.member);
        return;
      case 'relates':
        this.#relation(finding, id, resolve, file.path);
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

  #relation(
    finding: Finding & { kind: 'relates' },
    id: string,
    resolve: Placed['resolve'],
    path: string,
  ): void {
    const to = resolve(finding.type);
    if (to === undefined) return;
    const { type: name, owns, line, member } = finding;
    this.#ties.add(id, to, { name, how: owns ? 'owns' : 'relates', line, member }, path);
    const [mine, theirs] = [this.#tableOf.get(id), this.#tableOf.get(to)];
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

  #statement(id: string, text: string, evidence: Evidence, member = '*'): void {
    const found = this.#tablesOf(text);
    if (found === undefined) return;
    // `from a b` may be prose: it is believed of tables that are known.
    if (/^\s*from\b/i.test(text) && !found.reads.every((name) => this.#isKnown(name))) return;
    const what = text.replace(/\s+/g, ' ').trim().slice(0, 120);
    const named = (names: readonly string[]) => names.map((name) => this.#named(name, { ...evidence, what }));
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

  #isKnown(name: string): boolean {
    return this.#tables.known(name) !== undefined || this.#entityTable(name) !== undefined;
  }

  #entityTable(name: string): string | undefined {
    if (this.#entityTables === undefined) {
      this.#entityTables = new Map();
      // A class by its name, a file by what stands before its dot: `room.entity`.
      for (const [id, table] of this.#tableOf) {
        const entity = this.#modules.get(id)!.name.toLowerCase().split('.')[0]!;
        if (!this.#entityTables.has(entity)) this.#entityTables.set(entity, table);
      }
    }
    return this.#entityTables.get(name);
  }

  /** In a statement of a mapping the name of a class stands for its table. */
  #named(name: string, evidence: Evidence): string {
    const mapped = this.#entityTable(name);
    if (mapped !== undefined) return mapped;
    const known = this.#tables.known(name);
    if (known === undefined) this.#tables.table(name, 'statement', evidence);
    return known ?? name;
  }

  #mapper({ namespace, statements }: MapperFile, path: string, placed: readonly Placed[]): void {
    const owner = placed.find(({ id }) => id === namespace);
    if (owner === undefined) return;
    for (const { id: statement, text, types, line } of statements) {
      this.#statement(namespace, text, { path, line, what: statement }, statement);
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

function wordsOf(placed: readonly Placed[], graph: Graph): BuiltGraph['words'] {
  const tables = new Map<string, string[]>();
  for (const { module, table } of graph.tableUses) addTo(tables, module, table);
  const everywhere = commonPrefix(placed.map(({ file }) => file.package.split('.')));
  return new Map(
    placed.map(({ id, unit, file }) => {
      const packageWords = file.package.split('.').slice(everywhere);
      return [id, moduleWords({ unit, packageWords, tables: tables.get(id) ?? [] })];
    }),
  );
}

/** Of a class that stands for a row its fields, as columns are mostly called. */
function fieldsOf({ members }: UnitFacts): string[] {
  const fields = members.filter(({ kind, name }) => kind === 'field' && /^[a-z]\w*$/.test(name));
  return fields.map(({ name }) => snakeCase(name));
}

function commonPrefix(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths;
  const end = first.findIndex((part, at) => paths.some((path) => path[at] !== part));
  return end < 0 ? first.length : end;
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
