import type { AnnotationFact, ImportFact } from '../code/facts.ts';
import type { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { BodyReader, isFunction } from './body-reader.ts';
import { decoratorsOf } from './decorators.ts';
import { type ModuleContext, ModuleNames, top } from './module-names.ts';
import { typeNames } from './type-names.ts';

/** Walks a module and notes what it declares: functions, constants, and classes with their members. */
export class ModuleReader {
  readonly #names: ModuleNames;
  readonly #body: BodyReader;

  constructor(unit: UnitBuilder, context: ModuleContext) {
    this.#names = new ModuleNames(unit, context);
    this.#body = new BodyReader(this.#names);
  }

  /** What is imported where it is needed. */
  get imports(): readonly ImportFact[] {
    return this.#body.imports;
  }

  /** Routers that are hung under a path. */
  get mounts(): readonly { path: string; name: string }[] {
    return this.#body.mounts;
  }

  statement(statement: SyntaxNode): void {
    const declared =
      statement.type === 'export_statement' ? (statement.at('declaration') ?? statement) : statement;
    if (declared.type === 'import_statement') return;
    if (/class_declaration$/.test(declared.type)) {
      const decorators = [
        ...decoratorsOf(statement, this.#names.context.line),
        ...decoratorsOf(declared, this.#names.context.line),
      ];
      this.#class(declared, decorators);
    } else if (isFunction(declared)) this.#function(declared.at('name')?.text ?? top, declared);
    else if (/^(lexical|variable)_declaration$/.test(declared.type))
      for (const one of declared.all('variable_declarator')) this.#variable(one);
    else this.#body.read(declared, top);
  }

  #variable(declarator: SyntaxNode): void {
    const [name, value] = [declarator.at('name'), declarator.at('value')];
    const type = declarator.at('type');
    if (type !== undefined) this.#names.types(type, 'local', top);
    if (name?.type === 'identifier' && !this.#names.imported.has(name.text)) this.#names.declare(name.text);
    if (value === undefined) return;
    if (name?.type === 'identifier' && isFunction(value)) this.#function(name.text, value);
    else if (name?.type === 'identifier' && this.#names.context.constants.has(name.text)) return;
    else this.#body.readValue(value, name?.text, top);
  }

  #function(name: string, node: SyntaxNode): void {
    if (name !== top) this.#names.declare(name);
    this.#names.unit.members.push({
      kind: 'method',
      name,
      line: this.#names.context.line(node.start),
      annotations: [],
      types: [],
      parameters: [],
    });
    this.#names.signature(node, name);
    const body = node.at('body');
    if (body !== undefined) this.#body.read(body, name);
  }

  #class(node: SyntaxNode, decorators: readonly AnnotationFact[]): void {
    const name = node.at('name')?.text ?? top;
    this.#names.declare(name);
    this.#names.unit.annotations.push(...decorators);
    for (const heritage of node.child('class_heritage')?.children ?? [node.child('class_heritage')])
      if (heritage !== undefined) this.#heritage(heritage);
    this.#names.within(() => this.#members(node.at('body')?.children ?? []));
  }

  #members(members: readonly SyntaxNode[]): void {
    const { line } = this.#names.context;
    let waiting: AnnotationFact[] = [];
    for (const member of members) {
      // A decorator of a method stands before it, one of a field inside.
      if (member.type === 'decorator') waiting.push(...decoratorsOf({ children: [member] }, line));
      else {
        this.#member(member, [...waiting, ...decoratorsOf(member, line)]);
        waiting = [];
      }
    }
  }

  #heritage(clause: SyntaxNode): void {
    const how = clause.type === 'implements_clause' ? 'implements' : 'extends';
    const line = this.#names.context.line(clause.start);
    for (const child of clause.children) {
      if (child.type === 'type_arguments') this.#names.types(child, 'manages', top);
      else if (/identifier$/.test(child.type)) this.#names.unit.mention({ name: child.text, how, line });
      else if (child.type === 'generic_type') this.#names.types(child, how, top);
    }
  }

  #member(node: SyntaxNode, annotations: readonly AnnotationFact[]): void {
    const { line } = this.#names.context;
    const name = node.at('name')?.text ?? '?';
    const type = node.at('type');
    this.#names.unit.word('member', name);
    for (const one of annotations) this.#annotation(one, name);
    const given = (node.at('parameters')?.children ?? []).flatMap((each) => decoratorsOf(each, line));
    for (const one of given) this.#annotation(one, name);
    const isMethod = node.type.startsWith('method') || node.type === 'abstract_method_signature';
    const types = type === undefined ? [] : this.#names.types(type, 'field', name);
    if (!isMethod) this.#names.hasType(`this.${name}`, types[0]);
    this.#names.unit.members.push({
      kind: isMethod ? 'method' : 'field',
      name,
      line: line(node.start),
      annotations: [...annotations, ...given],
      types: isMethod ? [] : types,
      parameters: [],
    });
    if (isMethod) this.#names.signature(node, name);
    if (name === 'constructor') for (const one of node.at('parameters')?.children ?? []) this.#given(one);
    const inside = node.at('body') ?? node.at('value');
    if (inside !== undefined) this.#body.read(inside, name);
  }

  /** `constructor(private readonly orders: Orders)` declares a field; without a modifier it is mostly kept in one of that name. */
  #given(parameter: SyntaxNode): void {
    const { line } = this.#names.context;
    const [pattern, type] = [parameter.at('pattern'), parameter.at('type')];
    if (pattern === undefined || type === undefined) return;
    const types = typeNames(type);
    this.#names.hasType(`this.${pattern.text}`, types[0]);
    const before = parameter.text.slice(0, pattern.start - parameter.start);
    if (!/\b(private|protected|public|readonly)\s+$/.test(before)) return;
    this.#names.unit.members.push({
      kind: 'field',
      name: pattern.text,
      line: line(parameter.start),
      annotations: decoratorsOf(parameter, line),
      types,
      parameters: [],
    });
  }

  #annotation({ name, line, arguments: values }: AnnotationFact, member: string): void {
    this.#names.unit.mention({ name, how: 'mentions', line, member });
    for (const text of Object.values(values).flat())
      for (const [word] of text.matchAll(/\b[A-Z]\w*/g))
        if (this.#names.imported.has(word))
          this.#names.unit.mention({ name: word, how: 'mentions', line, member });
  }
}
