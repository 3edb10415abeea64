import type { FileFacts } from '../code/facts.ts';
import { lineNumbers } from '../code/lines.ts';
import { UnitBuilder } from '../code/unit-builder.ts';
import type { Parse } from '../syntax/grammar.ts';
import { measureTree } from '../syntax/measure-tree.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { OutlineReader } from './outline-reader.ts';
import type { Shape } from './shape.ts';

/** The facts of a file: each type at its top is a unit, and what stands outside of types is one more. */
export function readOutline(path: string, source: string, parse: Parse, shape: Shape): FileFacts {
  const root = parse(source);
  const line = lineNumbers(source);
  const imports = shape.imports(root, line, path);
  const imported = new Set(imports.map(({ as }) => as));
  const types = new Map<string, { unit: UnitBuilder; reader: OutlineReader }>();
  const rest: SyntaxNode[] = [];
  for (const child of declarations(root, shape)) {
    const { node, decorators } = shape.undecorated(child);
    const kind = shape.types[node.type];
    const name = node.at('name')?.text.split('::').at(-1);
    if (kind === undefined || name === undefined) {
      if (!heads.test(node.type)) rest.push(child);
      continue;
    }
    const known = types.get(name);
    const first = line(node.start);
    const unit = known?.unit ?? new UnitBuilder(name, kind, first, line(node.end) - first + 1);
    const reader = known?.reader ?? new OutlineReader(unit, shape, line, imported);
    types.set(name, { unit, reader });
    reader.type(node, decorators);
  }
  const module = new UnitBuilder(moduleName(path), 'module', 1, line(source.length));
  // What stands beside the class that the file is named for belongs to it.
  const beside = types.get(moduleName(path))?.reader;
  const reader = beside ?? new OutlineReader(module, shape, line, imported);
  for (const node of rest) {
    const owner = types.get(/[A-Z]\w*/.exec(shape.receiver?.(node)?.type?.text ?? '')?.[0] ?? '');
    if (owner !== undefined) owner.reader.method(node);
    else reader.statement(node);
  }
  const facts = module.facts();
  const says = facts.members.length + facts.texts.length + facts.mentions.length > 0;
  return {
    path,
    language: shape.language,
    lines: line(source.length),
    package: shape.package(root, path),
    imports,
    units: [...[...types.values()].map(({ unit }) => unit.facts()), ...(says ? [facts] : [])],
    ...measureTree(root),
  };
}

/** What says where a file belongs and what it takes from others. */
const heads = /^(import|using|namespace_(use|definition)|package_clause|php_tag|file_scoped_namespace)/;

function* declarations(node: SyntaxNode, shape: Shape): Generator<SyntaxNode> {
  for (const child of node.children)
    if (shape.containers.has(child.type)) yield* declarations(child.at('body') ?? child, shape);
    else yield child;
}

/** The name of a file without its ending; of `__init__` that of its folder. */
function moduleName(path: string): string {
  const parts = path.split('/');
  const file = parts.at(-1)!.replace(/\.[^.]*$/, '');
  return file === '__init__' && parts.length > 1 ? parts.at(-2)! : file;
}
