import { loadModule, parseSync } from 'libpg-query';

/** Tables of one statement, in lower case without their schema. */
export interface StatementTables {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** The columns that an update sets, by table; nothing for a row that is inserted or deleted whole. */
  readonly sets: readonly { readonly table: string; readonly columns: readonly string[] }[];
}

/** A way to find the tables of a statement. */
export type TablesOfSql = (sql: string) => StatementTables | undefined;

const beginsLikeSql =
  /^\s*(?:--[^\n]*\n\s*)*(?:select\b.*\bfrom\b|from\s+\w+|insert\s+into\b|update\b.*\bset\b|delete\s+from\b|with\b.*\bas\b|merge\s+into\b|truncate\b)/is;
const longest = 100_000;

/** Whether a text looks like a statement. */
export function looksLikeSql(text: string): boolean {
  return text.length <= longest && beginsLikeSql.test(text);
}

/**
 * Loads PostgreSQL's own parser. The function that it returns answers `undefined` for what is no statement; what is a statement in
 * another dialect is scanned for names after `FROM`, `JOIN`, `INTO` and `UPDATE`.
 */
export async function loadSqlParser(): Promise<TablesOfSql> {
  await loadModule();
  return (sql) => {
    if (!looksLikeSql(sql)) return undefined;
    const plain = withoutPlaceholders(sql);
    try {
      return tablesOfTree(parseSync(plain));
    } catch {
      return scanned(plain);
    }
  };
}

function withoutPlaceholders(sql: string): string {
  return sql
    .replace(/`/g, '"')
    .replace(/[#$]\{[^}]*\}/g, '$1')
    .replace(/(?<![:\w]):[a-zA-Z_]\w*/g, '$1')
    .replace(/\?\d*/g, '$1');
}

/** Walks the parser's tree; a name that a `WITH` of the statement defines is no table. */
function tablesOfTree(tree: unknown): StatementTables {
  const reads = new Set<string>();
  const writes = new Set<string>();
  const own = new Set<string>();
  const aliases = new Set<string>();
  const paths: [string, string][] = [];
  const sets: StatementTables['sets'][number][] = [];
  walk(tree, undefined, undefined);
  const real = (names: Set<string>) =>
    [...names].filter((name) => !own.has(name) && !isOfTheServer(name)).sort();
  for (const [qualifier, name] of paths) if (!aliases.has(qualifier)) reads.add(name);
  return { reads: real(reads), writes: real(writes), sets };

  function walk(node: unknown, key: string | undefined, statement: string | undefined): void {
    if (Array.isArray(node)) for (const each of node) walk(each, key, statement);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const fields = node as Record<string, unknown>;
    if (typeof fields.ctename === 'string') own.add(fields.ctename.toLowerCase());
    if (typeof fields.relname === 'string' && typeof fields.inh === 'boolean') {
      const isTarget = statement !== undefined && (key === 'relation' || key === 'relations');
      const [name, schema] = [fields.relname, fields.schemaname].map((each) => String(each).toLowerCase());
      const alias = (fields.alias as { aliasname?: string } | undefined)?.aliasname;
      if (alias !== undefined) aliases.add(alias.toLowerCase());
      // In a language of objects `g.stays` is a path from an alias, not a table of a schema.
      if (fields.schemaname !== undefined && !isTarget) paths.push([schema!, name!]);
      else (isTarget ? writes : reads).add(name!);
    }
    for (const [name, value] of Object.entries(fields)) {
      // `for update of p` names an alias.
      if (name === 'lockedRels') continue;
      if (name === 'UpdateStmt') sets.push(...setOf(value));
      const changes = /^(Insert|Update|Delete|Merge|Truncate)Stmt$/.test(name) ? name : undefined;
      const inside = name.startsWith('relation') || name === 'RangeVar' ? statement : undefined;
      walk(value, name === 'RangeVar' ? key : name, changes ?? inside);
    }
  }
}

/** Its own catalogue is no table of the application. */
function isOfTheServer(name: string): boolean {
  return name.startsWith('pg_');
}

function setOf(update: unknown): StatementTables['sets'][number][] {
  const { relation, targetList = [] } = update as {
    relation?: { relname?: string };
    targetList?: readonly { ResTarget?: { name?: string } }[];
  };
  const columns = targetList.map((target) => target.ResTarget?.name ?? '').filter((each) => each !== '');
  return relation?.relname === undefined ? [] : [{ table: relation.relname.toLowerCase(), columns }];
}

const name = String.raw`"?([a-z_][\w$]*)"?(?:\s*\.\s*"?([a-z_][\w$]*)"?)?`;

const aliased = /(?:\b(?:from|join|update)|,)\s+"?[\w.]+"?\s+(?:as\s+)?([a-z_]\w*)/gi;
const keywords =
  /^(where|on|set|join|inner|left|right|full|cross|natural|group|order|limit|using|fetch|having|union)$/;

/** What has a bracket after it is a function. */
const noCall = String.raw`(?![\w$"]|\s*\()`;

function scanned(sql: string): StatementTables {
  const aliases = new Set(
    [...sql.matchAll(aliased)]
      .map(([, alias]) => alias!.toLowerCase())
      .filter((word) => !keywords.test(word)),
  );
  // `join g.stays` is a path from the alias `g`.
  const isPath = ([, first, second]: RegExpMatchArray) =>
    second !== undefined && aliases.has(first!.toLowerCase());
  const found = (pattern: string, after = '') =>
    [...sql.matchAll(new RegExp(`\\b(?:${pattern})\\s+${name}${after}`, 'gi'))]
      .filter((match) => !isPath(match))
      .map((match) => (match[2] ?? match[1]!).toLowerCase());
  const writes = new Set(found(String.raw`insert\s+into|^\s*update|delete\s+from|merge\s+into`));
  const reads = new Set(found(String.raw`(?<!delete\s+)from|join`, noCall));
  const list = /\bfrom\s+([^()]*?)(?:\bwhere\b|\border\b|\bgroup\b|$)/is.exec(sql)?.[1] ?? '';
  for (const part of list.split(',').slice(1)) {
    const one = new RegExp(`^\\s*${name}`, 'i').exec(part);
    if (one !== null && !isPath(one)) reads.add((one[2] ?? one[1]!).toLowerCase());
  }
  // `join fetch a.b`, and what only begins like a statement.
  for (const word of ['select', 'fetch', 'lateral', 'unnest']) reads.delete(word);
  return { reads: [...reads].sort(), writes: [...writes].sort(), sets: [] };
}
