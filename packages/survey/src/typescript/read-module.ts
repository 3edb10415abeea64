import type { FileFacts, ImportFact } from '../code/facts.ts';
import { lineNumbers } from '../code/lines.ts';
import { UnitBuilder } from '../code/unit-builder.ts';
import type { Parse } from '../syntax/grammar.ts';
import { measureTree } from '../syntax/measure-tree.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { ModuleReader } from './module-reader.ts';
import { importsOf, reexportsOf } from './read-imports.ts';
import { textOf } from './text.ts';

/** The facts of one TypeScript or JavaScript file: it is one unit, whatever it declares. */
export function readModule(path: string, source: string, parse: Parse): FileFacts {
  const root = parse(source);
  const line = lineNumbers(source);
  const lines = line(source.length);
  const statements = root.children;
  const imports: ImportFact[] = statements.flatMap((each) => importsOf(each, line));
  const constants = new Map(statements.flatMap(constantsOf));
  const unit = new UnitBuilder(moduleName(path), 'module', 1, lines);
  const reader = new ModuleReader(unit, {
    line,
    constants,
    imports,
    declared: new Set(statements.flatMap(declaredBy)),
  });
  for (const statement of statements) reader.statement(statement);
  return {
    path,
    language: 'typescript',
    lines,
    package: path.split('/').slice(0, -1).join('/'),
    imports: [...imports, ...reader.imports],
    units: [unit.facts()],
    constants,
    reexports: statements.flatMap((each) => reexportsOf(each, line)),
    mounts: reader.mounts,
    ...measureTree(root),
  };
}

/** The name of a file without its ending; of an index file that of its folder. */
function moduleName(path: string): string {
  const parts = path.split('/');
  const file = parts
    .at(-1)!
    .replace(/\.d\.ts$/, '')
    .replace(/\.[^.]*$/, '');
  return file === 'index' && parts.length > 1 ? parts.at(-2)! : file;
}

function declaredBy(statement: SyntaxNode): string[] {
  const declaration =
    statement.type === 'export_statement' ? (statement.at('declaration') ?? statement) : statement;
  const all = [declaration, ...declaration.all('variable_declarator')];
  return all.flatMap((each) => each.at('name')?.text ?? []);
}

function constantsOf(statement: SyntaxNode): [string, string][] {
  const declaration = statement.type === 'export_statement' ? statement.at('declaration') : statement;
  if (declaration?.type !== 'lexical_declaration') return [];
  return declaration.all('variable_declarator').flatMap((one): [string, string][] => {
    const [name, value] = [one.at('name'), one.at('value')];
    const text = value === undefined ? undefined : textOf(value);
    return name?.type === 'identifier' && text !== undefined ? [[name.text, text]] : [];
  });
}
