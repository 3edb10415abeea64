import type { Language } from '../code/language.ts';
import { buildGraph } from '../graph/build-graph.ts';
import type { Graph } from '../graph/graph.ts';
import { loadSqlParser } from '../sql/tables-of-sql.ts';

/** The graph of a few files of one language. */
export async function graphOf(language: Language, sources: Readonly<Record<string, string>>): Promise<Graph> {
  const read = Object.entries(sources).map(([path, text]) => language.read(path, text));
  const files = language.link?.(read) ?? read;
  return buildGraph({ code: [{ language, files }], schemas: [], mappers: [] }, await loadSqlParser()).graph;
}

/** What a graph says of tables and endpoints, a line each. */
export function said({ tableUses, foreignKeys, endpoints, transactions }: Graph): string[] {
  const uses = tableUses.map(({ module, table, reads, writes, maps }) => {
    const how = [maps ? 'is' : '', reads > 0 ? 'reads' : '', writes > 0 ? 'writes' : ''].filter(Boolean);
    return `${module} ${how.join(' and ')} ${table}`;
  });
  return inOrder([
    ...uses,
    ...foreignKeys.map(({ from, to }) => `${from} -> ${to}`),
    ...endpoints.map(({ kind, name, module, member }) =>
      `${kind} ${name} by ${module} ${member ?? ''}`.trim(),
    ),
    ...transactions.map(({ module, member }) => `transaction in ${module} ${member}`),
  ]);
}

/** Lines that are compared whatever their order. */
export function inOrder(lines: readonly string[]): string[] {
  return [...lines].sort();
}

/** The ties between modules, a line each. */
export function tied({ ties }: Graph): string[] {
  return ties.map(({ from, to }) => `${from} -> ${to}`);
}
