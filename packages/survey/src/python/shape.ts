import type { ImportFact } from '../code/facts.ts';
import type { LineOf, Shape } from '../outline/shape.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { inheritedModels } from './inherited-models.ts';

/** How the grammar of Python names things. A module is a package of its own, because classes are imported from it. */
export const pythonShape: Shape = {
  language: 'python',
  types: { class_definition: 'class' },
  containers: new Set(['if_statement', 'else_clause', 'try_statement', 'except_clause', 'block']),
  functions: new Set(['function_definition']),
  strings: new Set(['string', 'concatenated_string']),
  letters: new Set(['string_content', 'string']),
  joins: new Set(['binary_operator']),
  self: 'self',
  noted:
    /^(Table|map_imperatively|path|re_path|url|include_router|add_url_rule|register|query|select|insert|update|delete)$/,
  transactions: /^(atomic|begin|begin_nested|transaction)$/,
  package: (_root, path) => moduleOf(path),
  imports: (root, line, path) =>
    [...root.walk(({ type }) => !/^(function|class)_definition$/.test(type))].flatMap((node) =>
      importsOf(node, line, path),
    ),
  undecorated(node) {
    if (node.type !== 'decorated_definition') return { node, decorators: [] };
    const decorators = node.all('decorator').map((each) => each.children[0] ?? each);
    return { node: node.at('definition') ?? node, decorators };
  },
  supers: (type) =>
    (type.at('superclasses')?.children ?? [])
      .filter((node) => node.type !== 'keyword_argument')
      .map((node) => ({ node, how: 'extends' as const })),
  declared(node) {
    const assignment = node.type === 'expression_statement' ? node.child('assignment') : undefined;
    const left = assignment?.at('left');
    if (assignment === undefined || left === undefined) return [];
    if (left.type !== 'identifier' && !left.text.startsWith('self.')) return [];
    return [{ name: left.text, type: assignment.at('type'), value: assignment.at('right') }];
  },
  signature: (fn) => ({
    parameters: (fn.at('parameters')?.children ?? []).map((each) => ({
      name: (each.at('name') ?? each.children[0] ?? each).text,
      type: each.at('type'),
      value: undefined,
    })),
    returns: fn.at('return_type'),
  }),
  call(node) {
    if (node.type !== 'call') return undefined;
    const called = node.at('function');
    const given = node.at('arguments')?.children ?? [];
    if (called?.type === 'identifier') return { name: called.text, receiver: undefined, arguments: given };
    if (called?.type !== 'attribute') return undefined;
    return { name: called.at('attribute')!.text, receiver: called.at('object'), arguments: given };
  },
  creates: () => undefined,
  link: inheritedModels,
  isTypeName: ({ type, text }) => type === 'identifier' && /^[A-Z]\w*[a-z]/.test(text),
};

/** `shop/orders/models.py` is `shop.orders.models`; a folder's `__init__.py` is the folder. */
function moduleOf(path: string): string {
  return path
    .replace(/(^|\/)__init__\.py$/, '')
    .replace(/\.py$/, '')
    .split('/')
    .join('.');
}

function importsOf(node: SyntaxNode, line: LineOf, path: string): ImportFact[] {
  const at = line(node.start);
  if (node.type === 'import_statement')
    return node.children.map((each) => {
      const full = (each.at('name') ?? each).text;
      const as = each.at('alias')?.text ?? full.split('.')[0]!;
      return { from: full.split('.').slice(0, -1).join('.'), as, name: full.split('.').at(-1)!, line: at };
    });
  if (node.type !== 'import_from_statement') return [];
  const from = absolute(node.at('module_name')?.text ?? '', path);
  if (node.child('wildcard_import') !== undefined) return [{ from, as: '*', name: '*', line: at }];
  return node.children
    .filter(({ field }) => field === 'name')
    .map((each) => {
      const name = (each.at('name') ?? each).text;
      return { from, as: each.at('alias')?.text ?? name, name, line: at };
    });
}

/** `..shop` is counted from the folder of the file. */
function absolute(written: string, path: string): string {
  const dots = /^\.*/.exec(written)![0].length;
  if (dots === 0) return written;
  const folder = path.split('/').slice(0, -dots);
  return [...folder, ...written.slice(dots).split('.')].filter((part) => part !== '').join('.');
}
