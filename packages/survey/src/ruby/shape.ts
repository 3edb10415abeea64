import type { Shape } from '../outline/shape.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { inheritedRecords } from './inherited-records.ts';

/** How the grammar of Ruby names things. Nothing is imported: classes are found by their names. */
export const rubyShape: Shape = {
  language: 'ruby',
  types: { class: 'class' },
  containers: new Set(['module', 'body_statement']),
  functions: new Set(['method', 'singleton_method']),
  strings: new Set(['string', 'heredoc_body', 'chained_string']),
  letters: new Set(['string_content', 'heredoc_content', 'string']),
  joins: new Set(['binary']),
  self: 'self',
  link: inheritedRecords,
  noted: /^(resources?|get|post|put|patch|delete|match|perform_async|perform_later)$/,
  transactions: /^(transaction|with_lock)$/,
  package: (root) => modulesOf(root).join('.'),
  imports: () => [],
  undecorated: (node) => ({ node, decorators: [] }),
  supers: (type) =>
    (type.at('superclass')?.children ?? []).map((node) => ({ node, how: 'extends' as const })),
  declared(node) {
    if (node.type !== 'assignment') return [];
    const left = node.at('left');
    if (left === undefined || !/^(self\.)?[@\w]+$/.test(left.text)) return [];
    return [{ name: left.text, type: undefined, value: node.at('right') }];
  },
  signature: (fn) => ({
    parameters: (fn.at('parameters')?.children ?? []).map((each) => ({
      name: (each.at('name') ?? each).text,
      type: undefined,
      value: undefined,
    })),
    returns: undefined,
  }),
  call(node) {
    if (node.type !== 'call') return undefined;
    const name = node.at('method')?.text;
    if (name === undefined) return undefined;
    return { name, receiver: node.at('receiver'), arguments: node.at('arguments')?.children ?? [] };
  },
  creates: () => undefined,
  isTypeName: ({ type, text }) => type === 'constant' && /[a-z]/.test(text),
};

/** The modules around the first class. */
function modulesOf(node: SyntaxNode): string[] {
  for (const child of node.children) {
    if (child.type === 'class') return child.at('name')?.text.split('::').slice(0, -1) ?? [];
    if (child.type === 'module')
      return [child.at('name')?.text.replaceAll('::', '.') ?? '?', ...modulesOf(child.at('body') ?? child)];
  }
  return [];
}
