import type { ImportFact } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';

type LineOf = (offset: number) => number;

/** What a statement at the top of a module imports; `require` counts as well. */
export function importsOf(statement: SyntaxNode, line: LineOf): ImportFact[] {
  if (statement.type === 'import_statement') return ofImport(statement, line);
  if (!/^(lexical|variable)_declaration$/.test(statement.type)) return [];
  return statement.all('variable_declarator').flatMap((one) => ofRequire(one, line));
}

function ofImport(statement: SyntaxNode, line: LineOf): ImportFact[] {
  const from = sourceOf(statement);
  if (from === undefined) return [];
  const at = line(statement.start);
  const clause = statement.child('import_clause');
  // No name of a file is like a path, and several that are imported for what they do are told apart.
  if (clause === undefined) return [{ from, as: from, name: 'default', line: at }];
  return clause.children.flatMap((child): ImportFact[] => {
    if (child.type === 'identifier') return [{ from, as: child.text, name: 'default', line: at }];
    if (child.type === 'namespace_import')
      return [{ from, as: child.children[0]!.text, name: '*', line: at }];
    return child.all('import_specifier').map((one) => {
      const name = one.at('name')!.text;
      return { from, as: one.at('alias')?.text ?? name, name, line: at };
    });
  });
}

function ofRequire(declarator: SyntaxNode, line: LineOf): ImportFact[] {
  const call = declarator.at('value');
  if (call?.type !== 'call_expression' || call.at('function')?.text !== 'require') return [];
  const from = call.at('arguments')?.child('string')?.text.slice(1, -1);
  const name = declarator.at('name');
  if (from === undefined || name === undefined) return [];
  const at = line(declarator.start);
  if (name.type === 'identifier') return [{ from, as: name.text, name: '*', line: at }];
  return name.children.map((one) => {
    const key = one.at('key')?.text ?? one.text;
    return { from, as: one.at('value')?.text ?? one.text, name: key, line: at };
  });
}

/** `export { a } from './b'` and `export * from './b'`. */
export function reexportsOf(statement: SyntaxNode, line: LineOf): ImportFact[] {
  const from = statement.type === 'export_statement' ? sourceOf(statement) : undefined;
  if (from === undefined) return [];
  const at = line(statement.start);
  const clause = statement.child('export_clause');
  if (clause === undefined) return [{ from, as: '*', name: '*', line: at }];
  return clause.all('export_specifier').map((one) => {
    const name = one.at('name')!.text;
    return { from, as: one.at('alias')?.text ?? name, name, line: at };
  });
}

function sourceOf(statement: SyntaxNode): string | undefined {
  return statement.at('source')?.text.slice(1, -1);
}
