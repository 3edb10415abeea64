import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Parser, TreeCursor } from '@vscode/tree-sitter-wasm';
import { SyntaxNode } from './syntax-node.ts';

/** The grammars that are used; each is a file of the parser's package. */
export type GrammarName = 'java' | 'typescript' | 'tsx' | 'python' | 'ruby' | 'c-sharp' | 'php' | 'go';

/** Text to tree. What can't be parsed becomes nodes of type `ERROR`; the rest of the tree is whole. */
export type Parse = (source: string) => SyntaxNode;

const require = createRequire(import.meta.url);

/** Loads a grammar, prebuilt as WebAssembly: nothing is compiled on the user's machine. */
export async function loadGrammar(name: GrammarName): Promise<Parse> {
  const library = require('@vscode/tree-sitter-wasm') as typeof import('@vscode/tree-sitter-wasm');
  await library.Parser.init();
  const folder = dirname(require.resolve('@vscode/tree-sitter-wasm'));
  const language = await library.Language.load(join(folder, `tree-sitter-${name}.wasm`));
  const parser = new library.Parser();
  parser.setLanguage(language);
  return (source) => parseWith(parser, source);
}

function parseWith(parser: Parser, source: string): SyntaxNode {
  const tree = parser.parse(source);
  if (tree === null) return new SyntaxNode('ERROR', undefined, [0, source.length], source);
  const cursor = tree.walk();
  try {
    return copy(cursor, source);
  } finally {
    // They live in the memory of the WebAssembly module, which is not collected.
    cursor.delete();
    tree.delete();
  }
}

function copy(cursor: TreeCursor, source: string): SyntaxNode {
  const node = new SyntaxNode(
    cursor.nodeType,
    cursor.currentFieldName ?? undefined,
    [cursor.startIndex, cursor.endIndex],
    source,
  );
  if (!node.type.endsWith('comment') && cursor.gotoFirstChild()) {
    do {
      if (cursor.nodeIsNamed) node.children.push(copy(cursor, source));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}
