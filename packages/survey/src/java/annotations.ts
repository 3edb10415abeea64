import type { AnnotationFact } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { constantText } from './constant-text.ts';

/** The annotations before a declaration. */
export function annotationsOf(declaration: SyntaxNode, line: (offset: number) => number): AnnotationFact[] {
  const modifiers = declaration.child('modifiers');
  if (modifiers === undefined) return [];
  return modifiers.all('annotation', 'marker_annotation').map((node) => ({
    name: node.at('name')!.text.split('.').at(-1)!,
    line: line(node.start),
    arguments: argumentsOf(node.at('arguments')),
  }));
}

function argumentsOf(list: SyntaxNode | undefined): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const child of list?.children ?? []) {
    if (child.type.endsWith('comment')) continue;
    if (child.type === 'element_value_pair') found[child.at('key')!.text] = values(child.at('value')!);
    else found.value = values(child);
  }
  return found;
}

function values(node: SyntaxNode): string[] {
  if (node.type === 'element_value_array_initializer') return node.children.flatMap(values);
  return [constantText(node) ?? node.text];
}
