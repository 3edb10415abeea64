import type { AnnotationFact, ImportFact } from '../code/facts.ts';
import { textOf } from '../outline/outline-text.ts';
import type { Declared, Shape } from '../outline/shape.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';

const texts = {
  strings: new Set(['interpreted_string_literal', 'raw_string_literal']),
  letters: new Set(['interpreted_string_literal_content', 'raw_string_literal_content']),
  joins: new Set(['binary_expression']),
};

/** How the grammar of Go names things. A folder is a package. */
export const goShape: Shape = {
  ...texts,
  language: 'go',
  types: { type_spec: 'class' },
  containers: new Set(['type_declaration']),
  functions: new Set(['function_declaration', 'method_declaration']),
  self: '',
  noted: /^(GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete|Any|HandleFunc|Handle)$/,
  transactions: /^(Begin|BeginTx|BeginTxx|Beginx|Transaction|RunInTx|WithTransaction)$/,
  package: (_root, path) => path.split('/').slice(0, -1).join('.'),
  imports: (root, line) =>
    [...root.walk(({ type }) => !/^(function|method|type)_declaration$/.test(type))]
      .filter(({ type }) => type === 'import_spec')
      .map((spec): ImportFact => {
        const full = textOf(spec.at('path')!, texts) ?? '';
        const last = full.split('/').at(-1)!;
        const from = full.split('/').join('.');
        return { from, as: spec.at('name')?.text ?? last, name: '*', line: line(spec.start) };
      }),
  undecorated: (node) => ({ node, decorators: [] }),
  members: fieldsOf,
  supers: (type) =>
    fieldsOf(type)
      .filter((field) => field.at('name') === undefined)
      .map((field) => ({ node: field.at('type') ?? field, how: 'extends' as const })),
  declared: (node) => declared(node),
  signature: (fn) => ({
    parameters: parametersOf(fn.at('parameters')),
    returns: fn.at('result'),
  }),
  call(node) {
    if (node.type !== 'call_expression') return undefined;
    const called = node.at('function');
    const given = node.at('arguments')?.children ?? [];
    if (called?.type === 'identifier') return { name: called.text, receiver: undefined, arguments: given };
    if (called?.type !== 'selector_expression') return undefined;
    return { name: called.at('field')!.text, receiver: called.at('operand'), arguments: given };
  },
  creates: (node) => (node.type === 'composite_literal' ? node.at('type') : undefined),
  isTypeName: ({ type, text }) => type === 'type_identifier' && /^[A-Z]/.test(text),
  receiver: (fn) => (fn.type === 'method_declaration' ? parametersOf(fn.at('receiver'))[0] : undefined),
  remarks: (member, line) => remarks(member, line),
};

function fieldsOf(type: SyntaxNode): SyntaxNode[] {
  const struct = type.at('type');
  return struct?.type === 'struct_type'
    ? (struct.child('field_declaration_list')?.all('field_declaration') ?? [])
    : [];
}

function parametersOf(list: SyntaxNode | undefined): Declared[] {
  return (list?.all('parameter_declaration') ?? []).map((each) => ({
    name: each.at('name')?.text ?? '_',
    type: each.at('type'),
    value: undefined,
  }));
}

function declared(node: SyntaxNode): Declared[] {
  switch (node.type) {
    case 'struct_type':
      return [];
    case 'field_declaration': {
      const name = node.at('name');
      return name === undefined ? [] : [{ name: name.text, type: node.at('type'), value: undefined }];
    }
    case 'short_var_declaration': {
      const [left, right] = [node.at('left')?.children ?? [], node.at('right')?.children ?? []];
      return left.map((one, at) => {
        const value = right[at];
        return { name: one.text, type: undefined, value: value?.at('operand') ?? value };
      });
    }
    case 'var_spec':
    case 'const_spec':
      return [
        { name: node.at('name')?.text ?? '_', type: node.at('type'), value: node.at('value')?.children[0] },
      ];
    default:
      return [];
  }
}

/** The tags of a field, and the table that a method `TableName` gives back. */
function remarks(member: SyntaxNode, line: (offset: number) => number): AnnotationFact[] {
  const at = line(member.start);
  const tag = member.at('tag');
  if (tag !== undefined) {
    const text = textOf(tag, texts) ?? '';
    return [...text.matchAll(/(\w+):"([^"]*)"/g)].map(([, name, value]) => ({
      name: name!,
      line: at,
      arguments: { value: [value!] },
    }));
  }
  if (member.type !== 'method_declaration' || member.at('name')?.text !== 'TableName') return [];
  const returned = [...member.walk()].find(({ type }) => type === 'return_statement')?.children[0];
  const text = returned?.children[0] === undefined ? undefined : textOf(returned.children[0], texts);
  return text === undefined ? [] : [{ name: '=', line: at, arguments: { value: [text] } }];
}
