import type { AnnotationFact } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { textOf } from './text.ts';

/** The decorators of a declaration as annotations; the properties of an object argument are arguments of their own. */
export function decoratorsOf(
  declaration: Pick<SyntaxNode, 'children'>,
  line: (offset: number) => number,
): AnnotationFact[] {
  return declaration.children
    .filter(({ type }) => type === 'decorator')
    .map((decorator) => {
      const [inner] = decorator.children;
      const called = inner?.type === 'call_expression' ? inner.at('function') : inner;
      return {
        name: called?.text.split('.').at(-1) ?? '?',
        line: line(decorator.start),
        arguments: argumentsOf(inner?.at('arguments')),
      };
    });
}

function argumentsOf(list: SyntaxNode | undefined): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const child of list?.children ?? []) {
    if (child.type === 'object')
      for (const pair of child.all('pair')) found[pair.at('key')!.text] = values(pair.at('value')!);
    else found.value = [...(found.value ?? []), ...values(child)];
  }
  return found;
}

function values(node: SyntaxNode): string[] {
  if (node.type === 'array') return node.children.flatMap(values);
  return [textOf(node) ?? node.text];
}
