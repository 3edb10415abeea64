import type { AnnotationFact } from '../code/facts.ts';
import type { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { OutlineBody } from './outline-body.ts';
import { OutlineNames, top } from './outline-names.ts';
import { annotationOf, textOf } from './outline-text.ts';
import type { Call, Declared, LineOf, Shape } from './shape.ts';

/** Walks a type or a file and notes what it declares. */
export class OutlineReader {
  readonly #names: OutlineNames;
  readonly #body: OutlineBody;

  constructor(unit: UnitBuilder, shape: Shape, line: LineOf, imported: ReadonlySet<string>) {
    this.#names = new OutlineNames(unit, shape, line, imported);
    this.#body = new OutlineBody(this.#names);
  }

  /** A type with all that is inside, types included. */
  type(node: SyntaxNode, decorators: readonly SyntaxNode[], prefix = ''): void {
    if (prefix === '') this.#names.unit.annotations.push(...decorators.map((each) => this.#annotation(each)));
    // What a type inside inherits from says nothing of the one around it.
    for (const { node: parent, how } of this.#names.shape.supers(node))
      this.#names.types(parent, prefix === '' ? how : 'mentions', top);
    const members = this.#names.shape.members?.(node) ?? node.at('body')?.children ?? [];
    for (const child of members) this.#member(child, prefix);
  }

  /** A statement outside of types. */
  statement(node: SyntaxNode): void {
    const { node: inner, decorators } = this.#names.shape.undecorated(node);
    if (this.#names.shape.functions.has(inner.type)) {
      this.#names.unit.nested.push(inner.at('name')?.text ?? top);
      this.#function(inner, decorators, '');
    } else this.#body.read(inner, top);
  }

  /** A method that stands outside of its type. */
  method(fn: SyntaxNode): void {
    this.#function(fn, [], '');
  }

  #member(node: SyntaxNode, prefix: string): void {
    const { node: inner, decorators } = this.#names.shape.undecorated(node);
    if (this.#names.shape.types[inner.type] !== undefined) {
      const name = inner.at('name')?.text ?? '?';
      this.#names.unit.nested.push(name);
      this.type(inner, decorators, `${prefix}${name}.`);
      return;
    }
    if (this.#names.shape.functions.has(inner.type)) {
      this.#function(inner, decorators, prefix);
      return;
    }
    const fields = this.#names.shape.declared(inner);
    for (const field of fields) this.#field(field, inner, decorators, prefix);
    if (fields.length === 0) this.#inType(inner, prefix);
  }

  /** What a type says at its top: calls that declare (`has_many :lines`), and blocks that hold more members. */
  #inType(node: SyntaxNode, prefix: string): void {
    const call = this.#names.shape.call(node);
    if (call !== undefined) this.#names.unit.annotations.push(this.#callAsAnnotation(call, node));
    if (call === undefined && node.children.some(({ type }) => this.#names.shape.functions.has(type))) {
      for (const child of node.children) this.#member(child, prefix);
    } else this.#body.read(node, top);
  }

  #field(
    { name, type, value }: Declared,
    node: SyntaxNode,
    decorators: readonly SyntaxNode[],
    prefix: string,
  ): void {
    const full = `${prefix}${name}`;
    this.#names.unit.word('member', name);
    const types = type === undefined ? [] : this.#names.types(type, 'field', full);
    if (types[0] !== undefined) {
      this.#names.hasType(`${this.#names.shape.self}.${name}`, types.at(-1)!);
      this.#names.hasType(name, types.at(-1)!);
    }
    const annotations = decorators.map((each) => this.#annotation(each));
    annotations.push(...(this.#names.shape.remarks?.(node, this.#names.line) ?? []));
    const text = value === undefined ? undefined : textOf(value, this.#names.shape);
    const line = this.#names.line(node.start);
    if (text !== undefined) annotations.push({ name: '=', line, arguments: { value: [text] } });
    const call = value === undefined ? undefined : this.#names.shape.call(value);
    if (call !== undefined) annotations.push(this.#callAsAnnotation(call, value!));
    this.#names.unit.members.push({ kind: 'field', name: full, line, annotations, types, parameters: [] });
    if (value !== undefined) this.#body.read(value, full);
  }

  #function(fn: SyntaxNode, decorators: readonly SyntaxNode[], prefix: string): void {
    const { shape, unit, line } = this.#names;
    const name = `${prefix}${fn.at('name')?.text ?? top}`;
    const annotations = [
      ...decorators.map((each) => this.#annotation(each)),
      ...(shape.remarks?.(fn, line) ?? []),
    ];
    this.#body.begins(name, annotations);
    unit.word('member', name);
    this.#names.within((keep) => {
      const types = this.#signature(fn, name, keep);
      unit.members.push({ kind: 'method', name, line: line(fn.start), annotations, types, parameters: [] });
      const body = fn.at('body') ?? fn;
      for (const child of body === fn ? bodyless(fn) : [body]) this.#body.read(child, name);
    });
  }

  /** Notes what a function takes and returns; the names of the types that it returns. */
  #signature(fn: SyntaxNode, name: string, keep: (name: string, type: string) => void): string[] {
    const { shape, unit } = this.#names;
    const { parameters, returns } = shape.signature(fn);
    for (const one of parameters) {
      unit.word('body', one.name);
      const [first] = one.type === undefined ? [] : this.#names.types(one.type, 'parameter', name);
      if (first === undefined) continue;
      this.#names.hasType(one.name, first);
      // What a constructor is given it keeps, mostly under the same name.
      keep(`${shape.self}.${one.name}`, first);
      keep(`_${one.name}`, first);
    }
    const own = shape.receiver?.(fn);
    if (own?.type !== undefined) this.#names.hasType(own.name, 'this');
    return returns === undefined ? [] : this.#names.types(returns, 'returns', name);
  }

  #annotation(decorator: SyntaxNode): AnnotationFact {
    const call =
      this.#names.shape.call(decorator) ?? this.#names.shape.call(decorator.children[0] ?? decorator);
    const line = this.#names.line(decorator.start);
    if (call !== undefined) return annotationOf(call.name, call.arguments, line, this.#names.shape);
    const named = decorator.at('name') ?? decorator.children[0] ?? decorator;
    const list = decorator.children.find(({ type }) => /argument/.test(type));
    const name = (named.children.at(-1) ?? named).text;
    return annotationOf(name, list?.children ?? [], line, this.#names.shape);
  }

  #callAsAnnotation(call: Call, node: SyntaxNode): AnnotationFact {
    return annotationOf(call.name, call.arguments, this.#names.line(node.start), this.#names.shape);
  }
}

function bodyless(fn: SyntaxNode): readonly SyntaxNode[] {
  return fn.children.filter(({ field }) => field === undefined);
}
