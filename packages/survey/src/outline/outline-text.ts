import type { AnnotationFact } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import type { Shape } from './shape.ts';

type Texts = Pick<Shape, 'strings' | 'letters' | 'joins'>;

/** The value of a constant text; what is put in when it runs is ` ? `. */
export function textOf(node: SyntaxNode, shape: Texts): string | undefined {
  if (shape.strings.has(node.type)) return written(node, shape);
  if (node.type === 'parenthesized_expression' || node.type === 'parenthesized_statements')
    return node.children.length === 1 ? textOf(node.children[0]!, shape) : undefined;
  if (!shape.joins.has(node.type)) return undefined;
  const texts = node.children.map((child) => textOf(child, shape));
  return texts.every((text) => text === undefined) ? undefined : texts.map((text) => text ?? ' ? ').join('');
}

function written(node: SyntaxNode, shape: Texts): string {
  const pieces = node.children.filter(({ type }) => !/_(start|end)$|_beginning$/.test(type));
  if (pieces.length === 0 && node.children.length === 0)
    return node.text.replace(/^[@$a-zA-Z]*["'`]+|["'`]+$/g, '');
  return pieces
    .map((piece) => {
      if (piece.type === 'escape_sequence') return ' ';
      if (shape.letters.has(piece.type))
        return piece.children.length === 0 || piece.children.every(({ type }) => type === 'escape_sequence')
          ? piece.text
          : written(piece, shape);
      return ' ? ';
    })
    .join('');
}

/** An argument by its name, if it has one. */
export interface Argument {
  readonly name: string | undefined;
  readonly value: SyntaxNode;
}

/** An argument of a call or an annotation without what the grammar wraps it in. */
export function argumentOf(node: SyntaxNode): Argument {
  if (/^(keyword_argument|pair)$/.test(node.type)) {
    const name = (node.at('name') ?? node.at('key'))?.text;
    return { name, value: node.at('value') ?? node };
  }
  if (/argument$/.test(node.type)) {
    const [first, second] = node.children;
    if (first?.type === 'assignment_expression')
      return { name: first.at('left')?.text, value: first.at('right') ?? first };
    if (second === undefined) return { name: undefined, value: first ?? node };
    return { name: first!.text.replace(/:$/, ''), value: second };
  }
  return { name: undefined, value: node };
}

/** Arguments as an annotation keeps them. */
export function annotationOf(
  name: string,
  given: readonly SyntaxNode[],
  line: number,
  shape: Texts,
): AnnotationFact {
  const found: Record<string, string[]> = {};
  for (const node of given) {
    const { name: key = 'value', value } = argumentOf(node);
    found[key] = [...(found[key] ?? []), ...valuesOf(value, shape)];
  }
  return { name, line, arguments: found };
}

const lists = /^(list|array|tuple|array_creation_expression|array_element_initializer|set)$/;

function valuesOf(node: SyntaxNode, shape: Texts): string[] {
  if (lists.test(node.type)) return node.children.flatMap((child) => valuesOf(child, shape));
  return [textOf(node, shape) ?? node.text.replace(/^:/, '')];
}
