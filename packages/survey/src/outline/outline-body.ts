import type { AnnotationFact } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { type OutlineNames, top } from './outline-names.ts';
import { annotationOf, argumentOf, textOf } from './outline-text.ts';
import type { Call, Declared } from './shape.ts';

/** Walks what runs and notes what it mentions, calls and says. */
export class OutlineBody {
  readonly #names: OutlineNames;
  /** Where the value of a variable begins, and its name. */
  readonly #assigned = new Map<number, string>();
  readonly #remarks = new Map<string, AnnotationFact[]>();

  constructor(names: OutlineNames) {
    this.#names = names;
  }

  /** What a member's calls say of it is added to its annotations. */
  begins(member: string, annotations: AnnotationFact[]): void {
    this.#remarks.set(member, annotations);
  }

  read(node: SyntaxNode, member: string, insideText = false): void {
    const text = insideText ? undefined : textOf(node, this.#names.shape);
    if (text !== undefined) this.#names.unit.texts.push({ text, line: this.#names.line(node.start), member });
    const call = this.#names.shape.call(node);
    if (call !== undefined) {
      this.#call(call, node, member);
      return;
    }
    const made = this.#names.shape.creates(node);
    if (made !== undefined) this.#names.types(made, 'creates', member);
    for (const one of this.#names.shape.declared(node)) this.#local(one, member);
    if (node.children.length === 0 && this.#names.shape.isTypeName(node)) {
      this.#names.unit.word('type', node.text);
      this.#names.unit.mention({
        name: node.text,
        how: 'mentions',
        line: this.#names.line(node.start),
        member,
      });
    }
    for (const child of node.children) if (child !== made) this.read(child, member, text !== undefined);
  }

  #local({ name, type, value }: Declared, member: string): void {
    this.#names.unit.word('body', name);
    if (value !== undefined) this.#assigned.set(value.start, name);
    const [first] = type === undefined ? [] : this.#names.types(type, 'local', member);
    const made = value === undefined ? undefined : this.#names.madeType(value);
    const known = first ?? made;
    if (known !== undefined) this.#names.hasType(name, known);
  }

  #call(call: Call, node: SyntaxNode, member: string): void {
    const { name, receiver, arguments: given } = call;
    const line = this.#names.line(node.start);
    this.#names.unit.word('body', name);
    const note = (annotation: AnnotationFact) => this.#annotationsOf(member, line).push(annotation);
    if (this.#names.shape.noted.test(name)) note(this.#noted(call, node));
    if (this.#names.shape.transactions.test(name)) note({ name: 'Transactional', line, arguments: {} });
    if (receiver === undefined) this.#plainCall(name, line, member);
    else this.#methodCall(receiver, name, line, member);
    for (const each of given) this.read(argumentOf(each).value, member);
    for (const child of node.children) if (/block|lambda|closure/.test(child.type)) this.read(child, member);
  }

  /** With the variable that is called and the one that keeps what the call returns. */
  #noted(call: Call, node: SyntaxNode): AnnotationFact {
    const annotation = annotationOf(
      call.name,
      call.arguments,
      this.#names.line(node.start),
      this.#names.shape,
    );
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
    if (this.#names.imported.has(name)) {
      const how = /^[A-Z]/.test(name) ? 'creates' : 'calls';
      this.#names.unit.mention({ name, how, line, member, called: name });
    } else if (/^[A-Z]\w*[a-z]/.test(name) && !this.#names.unit.nested.includes(name))
      this.#names.unit.mention({ name, how: 'creates', line, member, called: name });
    else this.#names.unit.mention({ name: 'this', how: 'calls', line, member, called: name });
  }

  #methodCall(receiver: SyntaxNode, called: string, line: number, member: string): void {
    const known = this.#names.typeOf(receiver);
    if (known !== undefined) {
      const how = called === 'new' && known === receiver.text ? 'creates' : 'calls';
      this.#names.unit.mention({ name: known, how, line, member, called });
    } else {
      const { root, first } = this.#names.rootOf(receiver);
      const of = root === receiver ? undefined : this.#names.typeOf(root);
      const through = first === undefined ? {} : { through: first };
      if (of !== undefined && of !== 'this')
        this.#names.unit.mention({ name: of, how: 'calls', line, member, called, ...through });
    }
    if (receiver.children.length > 0) this.read(receiver, member);
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
      if (member === top) this.#names.unit.members.push(one);
    }
    return found;
  }
}
