import type { SyntaxNode } from '../syntax/syntax-node.ts';

/** The names of types in a type, its arguments included; what is qualified gives its first name where it has none. */
export function typeNames(node: SyntaxNode): string[] {
  const names: string[] = [];
  for (const each of node.walk())
    if (each.type === 'type_identifier') names.push(each.text);
    else if (each.type === 'identifier' && names.length === 0) names.push(each.text);
  return names;
}
