import type { UnitFacts } from '../code/facts.ts';
import type { TableRef } from '../code/finding.ts';
import type { Schema } from '../sql/read-schema.ts';
import type { Evidence } from './graph.ts';
import type { Placed } from './placed.ts';
import type { TableCollector } from './table-collector.ts';

/** Knows which tables modules stand for, and which is meant by a name in code. */
export class MappedTables {
  readonly #tables: TableCollector;
  /** The table of each module that stands for one. */
  readonly #tableOf = new Map<string, string>();
  /** The same by the names of the modules. */
  readonly #entities = new Map<string, string>();
  /** Tables that are declared under a name of a file, and those of models by their names in lower case. */
  readonly #declared = new Map<string, string>();
  readonly #models = new Map<string, string>();

  constructor(tables: TableCollector) {
    this.#tables = tables;
  }

  schema({ models = new Map() }: Schema): void {
    for (const [model, table] of models) this.#models.set(model.toLowerCase(), table);
  }

  of(id: string): string | undefined {
    return this.#tableOf.get(id);
  }

  /** The table of a class, also of one that is mapped elsewhere by its name; `written` is its name as it is called. */
  ofClass(id: string | undefined, written: string): string | undefined {
    if (id === undefined) return undefined;
    return this.of(id) ?? this.#models.get(/\w*$/.exec(written)![0].toLowerCase());
  }

  /** What a unit says of the table that it stands for, or declares. */
  add(placed: Placed): void {
    this.#declaredTables(placed);
    const { id, unit, file, findings } = placed;
    for (const finding of findings) {
      if (finding.kind !== 'maps') continue;
      const written = finding.table ?? unit.name;
      const table = this.#tables.known(written) ?? snakeCase(written);
      const evidence = { path: file.path, line: finding.line, what: `${unit.name} is a row of ${table}` };
      this.#tables.table(table, 'mapping', evidence, fieldsOf(unit));
      this.#tables.use(id, table, 'maps', evidence);
      this.#put(placed, table);
    }
  }

  #declaredTables(placed: Placed): void {
    const { id, file, findings } = placed;
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
    this.#put(placed, table);
  }

  /** The table that is meant in code. */
  ofRef(
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

  #put({ id, module }: Placed, table: string): void {
    this.#tableOf.set(id, table);
    // A class by its name, a file by what stands before its dot: `room.entity`.
    const entity = module.name.toLowerCase().split('.')[0]!;
    if (!this.#entities.has(entity)) this.#entities.set(entity, table);
  }

  /** Whether a name in a statement is one of a table or of a class that stands for one. */
  isKnown(name: string): boolean {
    return this.#tables.known(name) !== undefined || this.ofEntity(name) !== undefined;
  }

  /** The table of a class by its name in lower case. */
  ofEntity(name: string): string | undefined {
    return this.#entities.get(name);
  }

  /** In a statement of a mapping the name of a class stands for its table. */
  named(name: string, evidence: Evidence): string {
    const mapped = this.ofEntity(name);
    if (mapped !== undefined) return mapped;
    const known = this.#tables.known(name);
    if (known === undefined) this.#tables.table(name, 'statement', evidence);
    return known ?? name;
  }
}

/** Of a class that stands for a row its fields, as columns are mostly called. */
function fieldsOf({ members }: UnitFacts): string[] {
  const fields = members.filter(({ kind, name }) => kind === 'field' && /^[a-z]\w*$/.test(name));
  return fields.map(({ name }) => snakeCase(name));
}

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
