import type { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { constantText } from './constant-text.ts';
import { type Scope, typeNames } from './type-names.ts';

interface BodyContext {
  readonly line: (offset: number) => number;
  readonly member: string;
  readonly scope: Scope;
  readonly fields: Scope;
}

/** What a block or an expression mentions, calls and says. */
export function readBody(unit: UnitBuilder, body: SyntaxNode, context: BodyContext): void {
  new Body(unit, context).read(body);
}

class Body {
  readonly #unit: UnitBuilder;
  readonly #context: BodyContext;
  readonly #scope: Map<string, string>;

  constructor(unit: UnitBuilder, context: BodyContext) {
    this.#unit = unit;
    this.#context = context;
    this.#scope = new Map(context.scope);
  }

  read(node: SyntaxNode): void {
    const text = constantText(node);
    if (text !== undefined) {
      this.#unit.texts.push({
        text,
        line: this.#context.line(node.start),
        member: this.#context.member,
      });
    }
    // The pieces of a joined text were read with it, but not what stands between them.
    if (text === undefined || node.type === 'binary_expression') this.#readNode(node, text !== undefined);
  }

  #readNode(node: SyntaxNode, isPieces: boolean): void {
    switch (node.type) {
      case 'local_variable_declaration':
        for (const one of node.all('variable_declarator'))
          this.#declare(one.at('name'), node.at('type'), one);
        break;
      case 'enhanced_for_statement':
      case 'resource':
        this.#declare(node.at('name'), node.at('type'), node);
        break;
      case 'formal_parameter':
        this.#declare(node.at('name'), node.at('type'), node);
        break;
      case 'catch_formal_parameter':
        break;
      case 'object_creation_expression':
        this.#types(node.at('type'), 'creates');
        break;
      case 'method_invocation':
        this.#call(node);
        break;
      case 'method_reference':
        this.#reference(node);
        break;
      case 'class_literal':
      case 'cast_expression':
      case 'instanceof_expression':
        for (const child of node.children) if (child.type.includes('type')) this.#types(child, 'mentions');
        break;
      case 'field_access':
        this.#static(node.at('object'));
        break;
    }
    for (const child of node.children) {
      if (isPieces && child.type === 'string_literal') continue;
      if (isPieces && child.type === 'binary_expression') this.#readNode(child, true);
      else if (!child.type.endsWith('type_identifier') && child.type !== 'generic_type') this.read(child);
    }
  }

  #declare(name: SyntaxNode | undefined, type: SyntaxNode | undefined, node: SyntaxNode): void {
    if (name !== undefined) this.#unit.word('body', name.text);
    if (type === undefined) return;
    let [first] = typeNames(type);
    // `var x = new Order()`
    if (first === undefined || first === 'var') {
      const made = node.at('value');
      if (made?.type === 'object_creation_expression') [first] = typeNames(made.at('type')!);
    } else this.#types(type, 'local');
    if (name !== undefined && first !== undefined) this.#scope.set(name.text, first);
  }

  #types(type: SyntaxNode | undefined, how: 'creates' | 'local' | 'mentions'): void {
    if (type === undefined) return;
    const { line, member } = this.#context;
    for (const [index, name] of typeNames(type).entries()) {
      this.#unit.word('type', name);
      this.#unit.mention({ name, how: index === 0 ? how : 'mentions', line: line(type.start), member });
    }
  }

  #call(node: SyntaxNode): void {
    const { line, member } = this.#context;
    const called = node.at('name')?.text ?? '?';
    this.#unit.word('body', called);
    const name = this.#receiver(node.at('object'));
    if (name !== undefined)
      this.#unit.mention({ name, how: 'calls', line: line(node.start), member, called });
  }

  #reference(node: SyntaxNode): void {
    const { line, member } = this.#context;
    const [receiver, method] = node.children;
    const name = this.#receiver(receiver);
    if (name !== undefined)
      this.#unit.mention({ name, how: 'calls', line: line(node.start), member, called: method?.text });
  }

  /** The type that a call goes to, as far as the file tells; `this` for the unit's own. */
  #receiver(object: SyntaxNode | undefined): string | undefined {
    if (object === undefined || object.type === 'this') return 'this';
    if (object.type === 'identifier') {
      const known = this.#scope.get(object.text);
      return known ?? (/^[A-Z]/.test(object.text) ? object.text : undefined);
    }
    if (object.type === 'field_access' && object.at('object')?.type === 'this')
      return this.#context.fields.get(object.at('field')?.text ?? '');
    if (object.type === 'object_creation_expression') return typeNames(object.at('type')!)[0];
    return undefined;
  }

  #static(object: SyntaxNode | undefined): void {
    if (object?.type !== 'identifier' || !/^[A-Z]/.test(object.text) || this.#scope.has(object.text)) return;
    const { line, member } = this.#context;
    this.#unit.mention({ name: object.text, how: 'mentions', line: line(object.start), member });
  }
}
