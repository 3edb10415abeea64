import type { AnnotationFact, MemberFacts, TieKind } from '../code/facts.ts';
import type { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { annotationOf, argumentOf, textOf } from './outline-text.ts';
import type { Call, Declared, LineOf, Shape } from './shape.ts';

/** The member of what stands outside of functions and runs when the file is loaded. */
export const top = '<top>';

/** Walks a type or a file and notes what it declares, mentions, calls and says. */
export class OutlineReader {
  readonly #unit: UnitBuilder;
  readonly #shape: Shape;
  readonly #line: LineOf;
  readonly #imported: ReadonlySet<string>;
  /** Where the value of a variable begins, and its name. */
  readonly #assigned = new Map<number, string>();
  readonly #remarks = new Map<string, AnnotationFact[]>();
  /** Names of variables, and of fields with the object before them, to the name of their type. */
  #scope = new Map<string, string>();

  constructor(unit: UnitBuilder, shape: Shape, line: LineOf, imported: ReadonlySet<string>) {
    this.#unit = unit;
    this.#shape = shape;
    this.#line = line;
    this.#imported = imported;
  }

  /** A type with all that is inside, types included. */
  type(node: SyntaxNode, decorators: readonly SyntaxNode[], prefix = ''): void {
    if (prefix === '') this.#unit.annotations.push(...decorators.map((each) => this.#annotation(each)));
    // What a type inside inherits from says nothing of the one around it.
    for (const { node: parent, how } of this.#shape.supers(node))
      this.#types(parent, prefix === '' ? how : 'mentions', top);
    const members = this.#shape.members?.(node) ?? node.at('body')?.children ?? [];
    for (const child of members) this.#member(child, prefix);
  }

  /** A statement outside of types. */
  statement(node: SyntaxNode): void {
    const { node: inner, decorators } = this.#shape.undecorated(node);
    if (this.#shape.functions.has(inner.type)) {
      this.#unit.nested.push(inner.at('name')?.text ?? top);
      this.#function(inner, decorators, '');
    } else this.#read(inner, top);
  }

  /** A method that stands outside of its type. */
  method(fn: SyntaxNode): void {
    this.#function(fn, [], '');
  }

  #member(node: SyntaxNode, prefix: string): void {
    const { node: inner, decorators } = this.#shape.undecorated(node);
    if (this.#shape.types[inner.type] !== undefined) {
      const name = inner.at('name')?.text ?? '?';
      this.#unit.nested.push(name);
      this.type(inner, decorators, `${prefix}${name}.`);
      return;
    }
    if (this.#shape.functions.has(inner.type)) {
      this.#function(inner, decorators, prefix);
      return;
    }
    const fields = this.#shape.declared(inner);
    for (const field of fields) this.#field(field, inner, decorators, prefix);
    if (fields.length === 0) this.#inType(inner, prefix);
  }

  /** What a type says at its top: calls that declare (`has_many :lines`), and blocks that hold more members. */
  #inType(node: SyntaxNode, prefix: string): void {
    const call = this.#shape.call(node);
    if (call !== undefined) this.#unit.annotations.push(this.#callAsAnnotation(call, node));
    if (call === undefined && node.children.some(({ type }) => this.#shape.functions.has(type))) {
      for (const child of node.children) this.#member(child, prefix);
    } else this.#read(node, top);
  }

  #field(
    { name, type, value }: Declared,
    node: SyntaxNode,
    decorators: readonly SyntaxNode[],
    prefix: string,
  ): void {
    const full = `${prefix}${name}`;
    this.#unit.word('member', name);
    const types = type === undefined ? [] : this.#types(type, 'field', full);
    if (types[0] !== undefined) {
      this.#scope.set(`${this.#shape.self}.${name}`, types.at(-1)!);
      this.#scope.set(name, types.at(-1)!);
    }
    const annotations = decorators.map((each) => this.#annotation(each));
    annotations.push(...(this.#shape.remarks?.(node, this.#line) ?? []));
    const text = value === undefined ? undefined : textOf(value, this.#shape);
    const line = this.#line(node.start);
    if (text !== undefined) annotations.push({ name: '=', line, arguments: { value: [text] } });
    const call = value === undefined ? undefined : this.#shape.call(value);
    if (call !== undefined) annotations.push(this.#callAsAnnotation(call, value!));
    this.#unit.members.push({ kind: 'field', name: full, line, annotations, types, parameters: [] });
    if (value !== undefined) this.#read(value, full);
  }

  #function(fn: SyntaxNode, decorators: readonly SyntaxNode[], prefix: string): void {
    const name = `${prefix}${fn.at('name')?.text ?? top}`;
    const annotations = [
      ...decorators.map((each) => this.#annotation(each)),
      ...(this.#shape.remarks?.(fn, this.#line) ?? []),
    ];
    this.#remarks.set(name, annotations);
    this.#unit.word('member', name);
    const outer = this.#scope;
    this.#scope = new Map(outer);
    const { parameters, returns } = this.#shape.signature(fn);
    for (const one of parameters) {
      this.#unit.word('body', one.name);
      const [first] = one.type === undefined ? [] : this.#types(one.type, 'parameter', name);
      if (first === undefined) continue;
      this.#scope.set(one.name, first);
      // What a constructor is given it keeps, mostly under the same name.
      outer.set(`${this.#shape.self}.${one.name}`, first);
      outer.set(`_${one.name}`, first);
    }
    const own = this.#shape.receiver?.(fn);
    if (own?.type !== undefined) this.#scope.set(own.name, 'this');
    const types = returns === undefined ? [] : this.#types(returns, 'returns', name);
    const member: MemberFacts = {
      kind: 'method',
      name,
      line: this.#line(fn.start),
      annotations,
      types,
      parameters: [],
    };
    this.#unit.members.push(member);
    const body = fn.at('body') ?? fn;
    for (const child of body === fn ? bodyless(fn) : [body]) this.#read(child, name);
    this.#scope = outer;
  }

  #annotation(decorator: SyntaxNode): AnnotationFact {
    const call = this.#shape.call(decorator) ?? this.#shape.call(decorator.children[0] ?? decorator);
    const line = this.#line(decorator.start);
    if (call !== undefined) return annotationOf(call.name, call.arguments, line, this.#shape);
    const named = decorator.at('name') ?? decorator.children[0] ?? decorator;
    const list = decorator.children.find(({ type }) => /argument/.test(type));
    const name = (named.children.at(-1) ?? named).text;
    return annotationOf(name, list?.children ?? [], line, this.#shape);
  }

  #callAsAnnotation(call: Call, node: SyntaxNode): AnnotationFact {
    return annotationOf(call.name, call.arguments, this.#line(node.start), this.#shape);
  }

  #types(node: SyntaxNode, how: TieKind, member: string): string[] {
    const line = this.#line(node.start);
    const names: string[] = [];
    for (const each of node.walk()) {
      const quoted = this.#shape.strings.has(each.type) ? textOf(each, this.#shape) : undefined;
      const name = quoted ?? (each.children.length === 0 ? each.text : undefined);
      if (name === undefined || !/^[A-Z]\w*$/.test(name)) continue;
      names.push(name);
      this.#unit.word('type', name);
      this.#unit.mention({ name, how: names.length === 1 ? how : second(how), line, member });
    }
    return names;
  }

  #read(node: SyntaxNode, member: string, insideText = false): void {
    const text = insideText ? undefined : textOf(node, this.#shape);
    if (text !== undefined) this.#unit.texts.push({ text, line: this.#line(node.start), member });
    const call = this.#shape.call(node);
    if (call !== undefined) {
      this.#call(call, node, member);
      return;
    }
    const made = this.#shape.creates(node);
    if (made !== undefined) this.#types(made, 'creates', member);
    for (const one of this.#shape.declared(node)) this.#local(one, member);
    if (node.children.length === 0 && this.#shape.isTypeName(node)) {
      this.#unit.word('type', node.text);
      this.#unit.mention({ name: node.text, how: 'mentions', line: this.#line(node.start), member });
    }
    for (const child of node.children) if (child !== made) this.#read(child, member, text !== undefined);
  }

  #local({ name, type, value }: Declared, member: string): void {
    this.#unit.word('body', name);
    if (value !== undefined) this.#assigned.set(value.start, name);
    const [first] = type === undefined ? [] : this.#types(type, 'local', member);
    const made = value === undefined ? undefined : this.#madeType(value);
    const known = first ?? made;
    if (known !== undefined) this.#scope.set(name, known);
  }

  #madeType(value: SyntaxNode): string | undefined {
    const made = this.#shape.creates(value);
    if (made !== undefined) return /[A-Z]\w*$/.exec(made.text)?.[0];
    const call = this.#shape.call(value);
    // `Order(1)`, `Order.new(1)`
    if (call?.receiver === undefined)
      return call !== undefined && /^[A-Z]/.test(call.name) ? call.name : undefined;
    return call.name === 'new' && /^[A-Z]/.test(call.receiver.text) ? call.receiver.text : undefined;
  }

  #call(call: Call, node: SyntaxNode, member: string): void {
    const { name, receiver, arguments: given } = call;
    const line = this.#line(node.start);
    this.#unit.word('body', name);
    const note = (annotation: AnnotationFact) => this.#annotationsOf(member, line).push(annotation);
    if (this.#shape.noted.test(name)) note(this.#noted(call, node));
    if (this.#shape.transactions.test(name)) note({ name: 'Transactional', line, arguments: {} });
    if (receiver === undefined) this.#plainCall(name, line, member);
    else this.#methodCall(receiver, name, line, member);
    for (const each of given) this.#read(argumentOf(each).value, member);
    for (const child of node.children) if (/block|lambda|closure/.test(child.type)) this.#read(child, member);
  }

  /** With the variable that is called and the one that keeps what the call returns. */
  #noted(call: Call, node: SyntaxNode): AnnotationFact {
    const annotation = this.#callAsAnnotation(call, node);
    const [on, as] = [call.receiver, this.#assigned.get(node.start)];
    return {
      ...annotation,
      arguments: {
        ...annotation.arguments,
        ...(on !== undefined && on.children.length === 0 ? { $on: [on.text] } : {}),
        ...(as === undefined ? {} : { $as: [as] }),
      },
    };
  }

  #plainCall(name: string, line: number, member: string): void {
    if (this.#imported.has(name)) {
      const how = /^[A-Z]/.test(name) ? 'creates' : 'calls';
      this.#unit.mention({ name, how, line, member, called: name });
    } else if (/^[A-Z]\w*[a-z]/.test(name) && !this.#unit.nested.includes(name))
      this.#unit.mention({ name, how: 'creates', line, member, called: name });
    else this.#unit.mention({ name: 'this', how: 'calls', line, member, called: name });
  }

  #methodCall(receiver: SyntaxNode, called: string, line: number, member: string): void {
    const known = this.#typeOf(receiver);
    if (known !== undefined) {
      const how = called === 'new' && known === receiver.text ? 'creates' : 'calls';
      this.#unit.mention({ name: known, how, line, member, called });
    } else {
      const { root, first } = this.#rootOf(receiver);
      const of = root === receiver ? undefined : this.#typeOf(root);
      const through = first === undefined ? {} : { through: first };
      if (of !== undefined && of !== 'this')
        this.#unit.mention({ name: of, how: 'calls', line, member, called, ...through });
    }
    if (receiver.children.length > 0) this.#read(receiver, member);
  }

  /** The type of an expression, as far as the file tells; `this` for the unit's own. */
  #typeOf(node: SyntaxNode): string | undefined {
    const text = node.text.replace(/->|\?->|\?\./g, '.').replace(/\$/g, '');
    if (text === this.#shape.self) return 'this';
    const known = this.#scope.get(text);
    if (known !== undefined) return known;
    if (this.#imported.has(text) || this.#isQualified(text)) return text;
    return node.children.length === 0 && this.#shape.isTypeName(node) ? text : undefined;
  }

  /** `people.Customer` of an import, `Shop::Order`. */
  #isQualified(text: string): boolean {
    const [, first] = /^(\w+)(?:(?:\.|::)\w+)*(?:\.|::)[A-Z]\w*[a-z]\w*$/.exec(text) ?? [];
    return first !== undefined && (text.includes('::') || this.#imported.has(first));
  }

  /** Where a chain of calls and properties begins, and the first property after it. */
  #rootOf(node: SyntaxNode): { root: SyntaxNode; first: string | undefined } {
    let root = node;
    let first: string | undefined;
    for (;;) {
      const known = this.#typeOf(root) !== undefined;
      const call = this.#shape.call(root);
      const next = call === undefined ? root.children[0] : call.receiver;
      if (known || next === undefined) return { root, first };
      first = call?.name ?? root.children.at(-1)?.text;
      root = next;
    }
  }

  #annotationsOf(member: string, line: number): AnnotationFact[] {
    let found = this.#remarks.get(member);
    if (found === undefined) {
      found = [];
      this.#remarks.set(member, found);
      const one = {
        kind: 'method',
        name: member,
        line,
        annotations: found,
        types: [],
        parameters: [],
      } as const;
      if (member === top) this.#unit.members.push(one);
    }
    return found;
  }
}

function bodyless(fn: SyntaxNode): readonly SyntaxNode[] {
  return fn.children.filter(({ field }) => field === undefined);
}

/** What stands inside the angle brackets of a parent is what it manages; of what is made, what it is made for. */
function second(how: TieKind): TieKind {
  if (how === 'extends' || how === 'implements') return 'manages';
  return how === 'creates' ? 'mentions' : how;
}
