import type { ImportFact } from '../code/facts.ts';
import type { Shape } from '../outline/shape.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';

const dotted = (text: string): string => text.replace(/^\\/, '').replaceAll('\\', '.');

/** How the grammar of PHP names things. */
export const phpShape: Shape = {
  language: 'php',
  types: {
    class_declaration: 'class',
    interface_declaration: 'interface',
    trait_declaration: 'class',
    enum_declaration: 'enum',
  },
  containers: new Set(['compound_statement']),
  functions: new Set(['method_declaration', 'function_definition']),
  strings: new Set(['string', 'encapsed_string', 'heredoc', 'nowdoc']),
  letters: new Set(['string_content', 'heredoc_body', 'nowdoc_body', 'nowdoc_string']),
  joins: new Set(['binary_expression']),
  self: 'this',
  noted:
    /^(get|post|put|patch|delete|any|match|resource|apiResource|hasMany|hasOne|belongsTo|belongsToMany|table|insert|insertGetId|updateOrInsert|upsert|update)$/,
  transactions: /^(transaction|beginTransaction|transactional|wrapInTransaction)$/,
  package: (root) => dotted(root.child('namespace_definition')?.at('name')?.text ?? ''),
  imports: (root, line) =>
    root.all('namespace_use_declaration').flatMap((node) => {
      const group = node.at('body');
      const prefix = group === undefined ? '' : `${dotted(node.children[0]!.text)}.`;
      return (group ?? node)
        .all('namespace_use_clause')
        .map((clause) => importOf(clause, prefix, line(node.start)));
    }),
  undecorated: (node) => ({ node, decorators: attributesOf(node) }),
  supers: (type) => [
    ...(type.child('base_clause')?.children ?? []).map((node) => ({ node, how: 'extends' as const })),
    ...(type.child('class_interface_clause')?.children ?? []).map((node) => ({
      node,
      how: 'implements' as const,
    })),
  ],
  declared(node) {
    if (node.type === 'property_declaration')
      return node.all('property_element').map((one) => ({
        name: bare(one.at('name')?.text ?? one.text),
        type: node.at('type'),
        value: one.at('default_value'),
      }));
    const assigned = node.type === 'expression_statement' ? node.child('assignment_expression') : undefined;
    const left = assigned?.at('left');
    if (left?.type !== 'variable_name') return [];
    return [{ name: bare(left.text), type: undefined, value: assigned!.at('right') }];
  },
  signature: (fn) => ({
    parameters: (fn.at('parameters')?.children ?? []).map((each) => ({
      name: bare(each.at('name')?.text ?? each.text),
      type: each.at('type'),
      value: undefined,
    })),
    returns: fn.at('return_type'),
  }),
  call(node) {
    const given = node.at('arguments')?.children ?? [];
    if (node.type === 'function_call_expression')
      return { name: node.at('function')!.text, receiver: undefined, arguments: given };
    if (!/^(nullsafe_)?member_call_expression$|^scoped_call_expression$/.test(node.type)) return undefined;
    const receiver = node.at('object') ?? node.at('scope');
    return { name: node.at('name')?.text ?? '?', receiver, arguments: given };
  },
  creates: (node) =>
    node.type === 'object_creation_expression' ? node.child('name', 'qualified_name') : undefined,
  isTypeName: ({ type, text, field }) =>
    type === 'name' && /^[A-Z]\w*[a-z]/.test(text) && (field === undefined || field === 'scope'),
};

function bare(name: string): string {
  return name.replace(/^\$/, '');
}

function attributesOf(node: SyntaxNode): SyntaxNode[] {
  const list = node.at('attributes');
  return list === undefined ? [] : list.children.flatMap((group) => group.all('attribute'));
}

function importOf(clause: SyntaxNode, prefix: string, line: number): ImportFact {
  const full = `${prefix}${dotted(clause.children[0]!.text)}`;
  const name = full.split('.').at(-1)!;
  const from = full.slice(0, -name.length - 1);
  return { from, as: clause.at('alias')?.text ?? name, name, line };
}
