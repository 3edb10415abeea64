import type { SyntaxNode } from '../syntax/syntax-node.ts';

/** Names of variables to the name of their type. */
export type Scope = ReadonlyMap<string, string>;

/** The names in a type as it is written, the outermost first: `Map<String, List<Order>>` has four. */
export function typeNames(type: SyntaxNode): string[] {
  const names: string[] = [];
  for (const node of type.walk((each) => each.type !== 'scoped_type_identifier')) {
    if (node.type === 'type_identifier') names.push(node.text);
    if (node.type === 'scoped_type_identifier')
      names.push(node.text.replace(/<.*$/s, '').replace(/\s+/g, ''));
  }
  return names;
}
