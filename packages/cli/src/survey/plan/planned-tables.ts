import type { Survey } from '@banyan/survey';

export interface PlannedTable {
  /** `schema.table`. */
  readonly name: string;
  readonly key: readonly string[];
  /** Whether a script or the database told the key, or it is what such tables usually have. */
  readonly isKeyKnown: boolean;
}

/** The tables as the change feed names them, with what identifies a row. */
export function plannedTables({ database, graph }: Survey, names: readonly string[]): PlannedTable[] {
  const live = new Map(database?.catalogue.tables.map((table) => [table.name, table]));
  const found = new Map(graph.tables.map((table) => [table.name, table]));
  return names.map((name) => {
    const table = live.get(name);
    const columns = table?.columns ?? found.get(name)?.columns ?? [];
    const usual = columns.length === 0 || columns.includes('id') ? 'id' : columns[0]!;
    const key = table?.primaryKey ?? found.get(name)?.primaryKey ?? [];
    const plain = name.includes('.')
      ? name.split('.').slice(-2).join('.')
      : `${table?.schema ?? 'public'}.${name}`;
    return { name: plain, key: key.length > 0 ? key : [usual], isKeyKnown: key.length > 0 };
  });
}
