import type { SyntaxNode } from '../syntax/syntax-node.ts';

/** Stands before and after the name of a constant inside a text. */
export const mark = '\u0000';

/** The value of a constant text: other constants by their name between marks, what is no constant as ` ? `. */
export function textOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'string':
      return unescaped(node.text.slice(1, -1));
    case 'template_string':
      return template(node);
    case 'as_expression':
    case 'satisfies_expression':
    case 'parenthesized_expression':
      return node.children[0] === undefined ? undefined : textOf(node.children[0]);
    case 'call_expression': {
      // sql`select ...` and `...`.trim()
      const inner = node.at('arguments')?.type === 'template_string' ? node.at('arguments') : undefined;
      return inner === undefined ? undefined : textOf(inner);
    }
    case 'binary_expression': {
      const [left, right] = [node.at('left')!, node.at('right')!];
      const [a, b] = [textOf(left), textOf(right)];
      if (a === undefined && b === undefined) return undefined;
      return `${a ?? named(left)}${b ?? named(right)}`;
    }
    default:
      return undefined;
  }
}

function template(node: SyntaxNode): string {
  let text = '';
  let at = node.start + 1;
  for (const child of node.children) {
    if (child.type !== 'template_substitution') continue;
    text += node.text.slice(at - node.start, child.start - node.start);
    text += child.children[0] === undefined ? ' ? ' : (textOf(child.children[0]) ?? named(child.children[0]));
    at = child.end;
  }
  return unescaped(text + node.text.slice(at - node.start, -1));
}

function named(node: SyntaxNode): string {
  return node.type === 'identifier' ? `${mark}${node.text}${mark}` : ' ? ';
}

function unescaped(text: string): string {
  return text.replace(/\\n/g, '\n').replace(/\\(['"`\\$])/g, '$1');
}
