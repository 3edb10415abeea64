import type { UnitFacts, UnitKind } from '../code/facts.ts';
import { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { annotationsOf } from './annotations.ts';
import { readBody } from './read-body.ts';
import { type Scope, typeNames } from './type-names.ts';

const kinds: Readonly<Record<string, UnitKind>> = {
  class_declaration: 'class',
  interface_declaration: 'interface',
  enum_declaration: 'enum',
  record_declaration: 'record',
  annotation_type_declaration: 'annotation',
};

export const typeDeclarations = Object.keys(kinds);

type LineOf = (offset: number) => number;

/** The facts of one top-level type with all that is nested in it. */
export function readType(declaration: SyntaxNode, line: LineOf): UnitFacts {
  const first = line(declaration.start);
  const unit = new UnitBuilder(
    declaration.at('name')?.text ?? '?',
    kinds[declaration.type]!,
    first,
    line(declaration.end) - first + 1,
  );
  unit.annotations.push(...annotationsOf(declaration, line));
  for (const { name, arguments: values } of unit.annotations) annotationMentions(unit, name, values, first);
  readDeclaration(unit, declaration, { line, fields: new Map() });
  return unit.facts();
}

interface Context {
  readonly line: LineOf;
  /** Fields of the types around it. */
  readonly fields: Scope;
}

function readDeclaration(unit: UnitBuilder, declaration: SyntaxNode, outer: Context): void {
  const context = { ...outer, fields: new Map([...outer.fields, ...fieldsOf(declaration)]) };
  supers(unit, declaration, outer.line);
  const parts = declaration.at('parameters')?.all('formal_parameter') ?? [];
  for (const part of parts) field(unit, part, [part], context);
  for (const member of membersOf(declaration)) {
    if (member.type === 'field_declaration' || member.type === 'constant_declaration')
      field(unit, member, member.all('variable_declarator'), context);
    else if (typeDeclarations.includes(member.type)) {
      unit.nested.push(member.at('name')?.text ?? '?');
      unit.word('member', member.at('name')?.text ?? '?');
      readDeclaration(unit, member, context);
    } else method(unit, member, context);
  }
}

function membersOf(declaration: SyntaxNode): SyntaxNode[] {
  const body = declaration.at('body')?.children ?? [];
  return body.flatMap((node) => (node.type === 'enum_body_declarations' ? node.children : [node]));
}

function fieldsOf(declaration: SyntaxNode): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of declaration.at('parameters')?.all('formal_parameter') ?? [])
    add(part.at('name')?.text, part.at('type'));
  for (const node of membersOf(declaration)) {
    if (node.type !== 'field_declaration') continue;
    for (const one of node.all('variable_declarator')) add(one.at('name')?.text, node.at('type'));
  }
  return found;

  function add(name: string | undefined, type: SyntaxNode | undefined): void {
    const [first] = type === undefined ? [] : typeNames(type);
    if (name !== undefined && first !== undefined) found.set(name, first);
  }
}

function supers(unit: UnitBuilder, declaration: SyntaxNode, line: LineOf): void {
  const superclass = declaration.child('superclass');
  const lists = declaration.all('super_interfaces', 'extends_interfaces');
  const isInterface = declaration.type === 'interface_declaration';
  for (const node of superclass?.children ?? []) parent(node, 'extends');
  for (const node of lists.flatMap((list) => list.child('type_list')?.children ?? []))
    parent(node, isInterface ? 'extends' : 'implements');

  function parent(node: SyntaxNode, how: 'extends' | 'implements'): void {
    const [name, ...args] = typeNames(node);
    if (name !== undefined) unit.mention({ name, how, line: line(node.start) });
    // `Repository<Order, Long>`: what the parent is asked to deal with.
    for (const arg of args) unit.mention({ name: arg, how: 'manages', line: line(node.start) });
  }
}

function field(unit: UnitBuilder, node: SyntaxNode, names: SyntaxNode[], { line, fields }: Context): void {
  const types = typeNames(node.at('type')!);
  const annotations = annotationsOf(node, line);
  for (const name of names) {
    const text = name.at('name')!.text;
    unit.word('member', text);
    unit.members.push({
      kind: 'field',
      name: text,
      line: line(name.start),
      annotations,
      types,
      parameters: [],
    });
    for (const type of types)
      unit.mention({ name: type, how: 'field', line: line(node.start), member: text });
    const value = name.at('value');
    if (value !== undefined) readBody(unit, value, { line, member: text, scope: fields, fields });
  }
  for (const type of types) unit.word('type', type);
  for (const one of annotations) annotationMentions(unit, one.name, one.arguments, one.line);
}

function method(unit: UnitBuilder, node: SyntaxNode, { line, fields }: Context): void {
  const isMethod = node.type === 'method_declaration';
  const isConstructor = node.type.endsWith('constructor_declaration');
  const member = isMethod ? (node.at('name')?.text ?? '?') : isConstructor ? '<init>' : '<static>';
  const scope = new Map(fields);
  const annotations = annotationsOf(node, line);
  if (isMethod) unit.word('member', member);
  const returns = node.at('type') === undefined ? [] : typeNames(node.at('type')!);
  const parameters = node.at('parameters')?.all('formal_parameter', 'spread_parameter') ?? [];
  const taken: string[] = [];
  for (const parameter of parameters) {
    const types = typeNames(parameter.at('type') ?? parameter);
    const name = parameter.at('name')?.text;
    if (name !== undefined && types[0] !== undefined) scope.set(name, types[0]);
    if (name !== undefined) unit.word('body', name);
    taken.push(...types);
    for (const type of types)
      unit.mention({ name: type, how: 'parameter', line: line(parameter.start), member });
  }
  for (const type of returns) unit.mention({ name: type, how: 'returns', line: line(node.start), member });
  for (const type of [...returns, ...taken]) unit.word('type', type);
  for (const one of annotations) annotationMentions(unit, one.name, one.arguments, one.line, member);
  if (isMethod || isConstructor)
    unit.members.push({
      kind: 'method',
      name: member,
      line: line(node.start),
      annotations,
      types: returns,
      parameters: taken,
    });
  const body = node.at('body') ?? (isMethod || isConstructor ? undefined : node);
  if (body !== undefined) readBody(unit, body, { line, member, scope, fields });
}

function annotationMentions(
  unit: UnitBuilder,
  name: string,
  values: Readonly<Record<string, readonly string[]>>,
  line: number,
  member?: string,
): void {
  unit.mention({ name, how: 'mentions', line, member });
  for (const value of Object.values(values).flat()) {
    const type = /^([A-Z]\w*)\.class$/.exec(value)?.[1];
    if (type !== undefined) unit.mention({ name: type, how: 'mentions', line, member });
    else unit.texts.push({ text: value, line, member });
  }
}
