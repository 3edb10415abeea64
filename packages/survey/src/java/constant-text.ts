import type { SyntaxNode } from '../syntax/syntax-node.ts';

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** The value of a string literal or of pieces joined by `+`; a piece that is no constant becomes `?`. */
export function constantText(node: SyntaxNode): string | undefined {
  if (node.type === 'string_literal') return literal(node.text);
  if (node.type === 'parenthesized_expression' && node.children.length === 1)
    return constantText(node.children[0]!);
  if (node.type !== 'binary_expression') return undefined;
  const left = constantText(node.at('left')!);
  const right = constantText(node.at('right')!);
  if (left === undefined && right === undefined) return undefined;
  return `${left ?? ' ? '}${right ?? ' ? '}`;
}

function literal(text: string): string {
  const inner = text.startsWith('"""') ? text.slice(3, -3) : text.slice(1, -1);
  return inner.replace(/\\(.)/g, (_all, one: string) => escapes[one] ?? one);
}
