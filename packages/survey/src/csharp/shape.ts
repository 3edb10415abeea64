import type { Shape } from '../outline/shape.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { namedSets } from './named-sets.ts';

/** How the grammar of C# names things. */
export const csharpShape: Shape = {
  language: 'csharp',
  types: {
    class_declaration: 'class',
    record_declaration: 'record',
    struct_declaration: 'class',
    interface_declaration: 'interface',
    enum_declaration: 'enum',
  },
  containers: new Set(['namespace_declaration', 'declaration_list']),
  functions: new Set(['method_declaration', 'constructor_declaration', 'local_function_statement']),
  strings: new Set([
    'string_literal',
    'verbatim_string_literal',
    'raw_string_literal',
    'interpolated_string_expression',
  ]),
  letters: new Set([
    'string_literal_content',
    'string_content',
    'raw_string_content',
    'interpolated_string_text',
  ]),
  joins: new Set(['binary_expression']),
  self: 'this',
  noted: /^Map(Get|Post|Put|Patch|Delete|Group)$/,
  transactions: /^(BeginTransaction(Async)?|UseTransaction(Async)?)$/,
  package: (root) =>
    (root.child('file_scoped_namespace_declaration') ?? root.child('namespace_declaration'))?.at('name')
      ?.text ?? '',
  imports: (root, line) =>
    root.all('using_directive').map((node) => {
      const target = node.children.at(-1)!;
      const alias = node.at('name')?.text;
      const [, from = '', name = target.text] = /^(.*)\.(\w+)$/.exec(target.text) ?? [];
      return alias === undefined
        ? { from: target.text, as: '*', line: line(node.start) }
        : { from, as: alias, name, line: line(node.start) };
    }),
  undecorated: (node) => ({
    node,
    decorators: node.all('attribute_list').flatMap((list) => list.all('attribute')),
  }),
  supers: (type) =>
    (type.child('base_list')?.children ?? []).map((node) => ({
      node,
      how: /^I[A-Z]/.test(node.text) ? ('implements' as const) : ('extends' as const),
    })),
  declared: (node) => declared(node),
  signature: (fn) => ({
    parameters: (fn.at('parameters')?.children ?? []).map((each) => ({
      name: each.at('name')?.text ?? each.text,
      type: each.at('type'),
      value: undefined,
    })),
    returns: fn.at('returns'),
  }),
  call(node) {
    if (node.type !== 'invocation_expression') return undefined;
    const called = node.at('function');
    const given = node.at('arguments')?.children ?? [];
    const plain = (each: SyntaxNode | undefined) =>
      (each?.type === 'generic_name' ? each.children[0] : each)?.text;
    if (called?.type === 'member_access_expression')
      return { name: plain(called.at('name'))!, receiver: called.at('expression'), arguments: given };
    if (called?.type !== 'identifier' && called?.type !== 'generic_name') return undefined;
    return { name: plain(called)!, receiver: undefined, arguments: given };
  },
  creates: (node) => (node.type === 'object_creation_expression' ? node.at('type') : undefined),
  isTypeName: ({ type, text, field }) =>
    type === 'identifier' && /^[A-Z]\w*[a-z]/.test(text) && (field === 'expression' || field === 'type'),
  link: namedSets,
};

function declared(node: SyntaxNode): ReturnType<Shape['declared']> {
  if (node.type === 'property_declaration')
    return [{ name: node.at('name')?.text ?? '?', type: node.at('type'), value: node.at('value') }];
  const holder =
    node.type === 'field_declaration' || node.type === 'local_declaration_statement'
      ? node.child('variable_declaration')
      : undefined;
  if (holder === undefined) return [];
  const type = holder.at('type');
  return holder.all('variable_declarator').map((one) => ({
    name: one.at('name')?.text ?? one.text,
    type: type?.type === 'implicit_type' ? undefined : type,
    value: one.children.find(({ field }) => field !== 'name'),
  }));
}
