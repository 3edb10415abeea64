import type { FileFacts, ImportFact } from '../code/facts.ts';
import { lineNumbers } from '../code/lines.ts';
import type { Parse } from '../syntax/grammar.ts';
import { measureTree } from '../syntax/measure-tree.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { readType, typeDeclarations } from './read-type.ts';

/** The facts of one Java file. */
export function readJava(path: string, source: string, parse: Parse): FileFacts {
  const root = parse(source);
  const line = lineNumbers(source);
  const imports: ImportFact[] = root.all('import_declaration').map((node) => importOf(node, line));
  return {
    path,
    language: 'java',
    lines: line(source.length),
    package: root.child('package_declaration')?.child('scoped_identifier', 'identifier')?.text ?? '',
    imports,
    units: root.all(...typeDeclarations).map((declaration) => readType(declaration, line)),
    ...measureTree(root),
  };
}

function importOf(node: SyntaxNode, line: (offset: number) => number): ImportFact {
  const name = node.child('scoped_identifier', 'identifier')!.text;
  const isAll = node.child('asterisk') !== undefined;
  const isStatic = /^import\s+static\b/.test(node.text);
  // A static import names a member; what is depended upon is its type.
  const from = isStatic && !isAll ? name.slice(0, name.lastIndexOf('.')) : name;
  return { from, as: isAll && !isStatic ? '*' : from.split('.').at(-1)!, line: line(node.start) };
}
