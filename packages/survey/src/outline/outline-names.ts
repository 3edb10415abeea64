import type { TieKind } from '../code/facts.ts';
import type { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { textOf } from './outline-text.ts';
import type { LineOf, Shape } from './shape.ts';

/** The member of what stands outside of functions and runs when the file is loaded. */
export const top = '<top>';

/** What names mean where a unit is being read: what is imported, and the types of variables and fields as far as the file tells them. */
export class OutlineNames {
  readonly unit: UnitBuilder;
  readonly shape: Shape;
  readonly line: LineOf;
  readonly imported: ReadonlySet<string>;
  /** Names of variables, and of fields with the object before them, to the name of their type. */
  #scope = new Map<string, string>();

  constructor(unit: UnitBuilder, shape: Shape, line: LineOf, imported: ReadonlySet<string>) {
    this.unit = unit;
    this.shape = shape;
    this.line = line;
    this.imported = imported;
  }

  /** Types that become known inside are forgotten afterwards, but those of fields: `keep` notes them. */
  within(read: (keep: (name: string, type: string) => void) => void): void {
    const outer = this.#scope;
    this.#scope = new Map(outer);
    read((name, type) => outer.set(name, type));
    this.#scope = outer;
  }

  hasType(name: string, type: string): void {
    this.#scope.set(name, type);
  }

  /** Notes the types that are written in a node, and returns their names. */
  types(node: SyntaxNode, how: TieKind, member: string): string[] {
    const line = this.line(node.start);
    const names: string[] = [];
    for (const each of node.walk()) {
      const quoted = this.shape.strings.has(each.type) ? textOf(each, this.shape) : undefined;
      const name = quoted ?? (each.children.length === 0 ? each.text : undefined);
      if (name === undefined || !/^[A-Z]\w*$/.test(name)) continue;
      names.push(name);
      this.unit.word('type', name);
      this.unit.mention({ name, how: names.length === 1 ? how : second(how), line, member });
    }
    return names;
  }

  /** The type of what a value makes. */
  madeType(value: SyntaxNode): string | undefined {
    const made = this.shape.creates(value);
    if (made !== undefined) return /[A-Z]\w*$/.exec(made.text)?.[0];
    const call = this.shape.call(value);
    // `Order(1)`, `Order.new(1)`
    if (call?.receiver === undefined)
      return call !== undefined && /^[A-Z]/.test(call.name) ? call.name : undefined;
    return call.name === 'new' && /^[A-Z]/.test(call.receiver.text) ? call.receiver.text : undefined;
  }

  /** The type of an expression, as far as the file tells; `this` for the unit's own. */
  typeOf(node: SyntaxNode): string | undefined {
    const text = node.text.replace(/->|\?->|\?\./g, '.').replace(/\$/g, '');
    if (text === this.shape.self) return 'this';
    const known = this.#scope.get(text);
    if (known !== undefined) return known;
    if (this.imported.has(text) || this.#isQualified(text)) return text;
    return node.children.length === 0 && this.shape.isTypeName(node) ? text : undefined;
  }

  /** `people.Customer` of an import, `Shop::Order`. */
  #isQualified(text: string): boolean {
    const [, first] = /^(\w+)(?:(?:\.|::)\w+)*(?:\.|::)[A-Z]\w*[a-z]\w*$/.exec(text) ?? [];
    return first !== undefined && (text.includes('::') || this.imported.has(first));
  }

  /** Where a chain of calls and properties begins, and the first property after it. */
  rootOf(node: SyntaxNode): { root: SyntaxNode; first: string | undefined } {
    let root = node;
    let first: string | undefined;
    for (;;) {
      const known = this.typeOf(root) !== undefined;
      const call = this.shape.call(root);
      const next = call === undefined ? root.children[0] : call.receiver;
      if (known || next === undefined) return { root, first };
      first = call?.name ?? root.children.at(-1)?.text;
      root = next;
    }
  }
}

/** What stands inside the angle brackets of a parent is what it manages; of what is made, what it is made for. */
function second(how: TieKind): TieKind {
  if (how === 'extends' || how === 'implements') return 'manages';
  return how === 'creates' ? 'mentions' : how;
}
