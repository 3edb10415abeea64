import type { Graph } from '../graph/graph.ts';
import type { History } from '../history/history.ts';
import type { Knot } from '../knots/knot.ts';

/** What a team wants of the split. */
export const drivers = ['change', 'team', 'scale', 'security', 'technology', 'size'] as const;
export type Driver = (typeof drivers)[number];

interface Evidence {
  readonly graph: Graph;
  readonly knots: readonly Knot[];
  readonly history: History | undefined;
  readonly driver: Driver;
}

interface Part {
  readonly name: string;
  readonly modules: ReadonlySet<string>;
  readonly tables: ReadonlySet<string>;
}

/** Names of columns that hold secrets or tell of a person, whatever the application is about. */
const sensitive =
  /passw|passwd|secret|token|credential|api_?key|private_?key|salt|hash|card_?n|cvv|cvc|iban|bic|account_?n|ssn|social|passport|licen[cs]e_?n|tax_?n|tax_?id|birth|gender|salary|income|e_?mail|phone|mobile|street|address|zip|postal|latitude|longitude|ip_?addr|first_?name|last_?name|sur_?name|full_?name/i;

/** What the driver counts in a context; only its part in all matters. */
export function worthOf(
  { graph, knots, history, driver }: Evidence,
  { name, modules, tables }: Part,
): number {
  const mine = graph.modules.filter(({ id }) => modules.has(id));
  const paths = new Set(mine.map(({ path }) => path));
  const files = history?.files.filter(({ path }) => paths.has(path)) ?? [];
  switch (driver) {
    case 'change':
      return files.reduce((sum, { changes }) => sum + changes, 0);
    case 'team':
      return files.reduce((most, { authors }) => Math.max(most, authors), 0);
    case 'scale':
      return knots
        .filter(({ contexts }) => contexts.includes(name))
        .reduce((sum, { perHour = 0 }) => sum + perHour, 0);
    case 'security':
      return graph.tables
        .filter((table) => tables.has(table.name))
        .reduce((sum, { columns }) => sum + columns.filter((column) => sensitive.test(column)).length, 0);
    case 'technology':
      return linesOfOthers(graph, modules);
    case 'size':
      return graph.modules.length === 0
        ? columnsOf(graph, tables)
        : mine.reduce((sum, { lines }) => sum + lines, 0);
  }
}

/** Where there is no code, tables are as large as they are wide. */
function columnsOf({ tables }: Graph, own: ReadonlySet<string>): number {
  return tables
    .filter(({ name }) => own.has(name))
    .reduce((sum, { columns }) => sum + Math.max(1, columns.length), 0);
}

/** Lines in other languages than the one that the monolith is mostly written in. */
function linesOfOthers({ modules }: Graph, own: ReadonlySet<string>): number {
  const lines = new Map<string, number>();
  for (const module of modules) lines.set(module.language, (lines.get(module.language) ?? 0) + module.lines);
  const [main] = [...lines].sort(([, a], [, b]) => b - a)[0] ?? [];
  return modules
    .filter(({ id, language }) => own.has(id) && language !== main)
    .reduce((sum, module) => sum + module.lines, 0);
}
