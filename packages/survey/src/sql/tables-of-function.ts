import { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query';
import { loadSqlParser } from './tables-of-sql.ts';

/** Tables that a function names in its statements. */
export interface FunctionTables {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** Finds the tables of a function; nothing where it can't be told: another language, or a statement that is made at run time. */
export type TablesOfFunction = (language: string, definition: string) => FunctionTables | undefined;

/** Loads PostgreSQL's own parsers of SQL and PL/pgSQL. A definition is a whole `create function`. */
export async function loadFunctionParser(): Promise<TablesOfFunction> {
  await loadModule();
  const tablesOf = await loadSqlParser();
  return (language, definition) => {
    try {
      const statements = language === 'plpgsql' ? queriesOf(definition) : bodyOf(language, definition);
      if (statements === undefined) return undefined;
      const found = statements.map((text) => tablesOf(text));
      const all = (pick: (tables: FunctionTables) => readonly string[]) =>
        [...new Set(found.flatMap((each) => (each === undefined ? [] : pick(each))))].sort();
      return { reads: all(({ reads }) => reads), writes: all(({ writes }) => writes) };
    } catch {
      return undefined;
    }
  };
}

/** The statements and expressions of a PL/pgSQL function; nothing where one of them is a text that is run. */
function queriesOf(definition: string): string[] | undefined {
  const queries: string[] = [];
  let isDynamic = false;
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) walk(each);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    for (const [name, value] of Object.entries(node)) {
      if (name.startsWith('PLpgSQL_stmt_dyn') || name === 'dynquery') isDynamic = true;
      if (name === 'query' && typeof value === 'string') queries.push(value);
      else walk(value);
    }
  };
  walk(parsePlPgSQLSync(definition));
  return isDynamic ? undefined : queries.map(asStatement);
}

/** An expression, or an assignment such as `n := (select ...)`, is a statement when its value is selected. */
function asStatement(text: string): string {
  if (isStatement(text)) return text;
  return `select ${text.replace(/^\s*[\w."[\]]+\s*:?=\s*/, '')}`;
}

function isStatement(text: string): boolean {
  return /^\s*(?:select|insert|update|delete|merge|with|truncate)\b/i.test(text);
}

/** The statements of an SQL function: a text, or parsed when it was made. */
function bodyOf(language: string, definition: string): string[] | undefined {
  if (language !== 'sql') return undefined;
  const begin = /\bbegin\s+atomic\b([\s\S]*)\bend\b/i.exec(definition);
  const body = begin?.[1] ?? textBody(parseSync(definition));
  if (body === undefined) return undefined;
  return body.split(';').filter((part) => part.trim() !== '');
}

function textBody(tree: unknown): string | undefined {
  const found: string[] = [];
  const walk = (node: unknown, isBody: boolean): void => {
    if (Array.isArray(node)) for (const each of node) walk(each, isBody);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const fields = node as Record<string, unknown>;
    if (isBody && typeof fields.sval === 'string') found.push(fields.sval);
    for (const value of Object.values(fields)) walk(value, isBody || fields.defname === 'as');
  };
  walk(tree, false);
  return found[0];
}
