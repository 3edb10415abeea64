/** A named node of a syntax tree, independent of the parser that made it. */
export class SyntaxNode {
  readonly type: string;
  /** The role that the grammar gives it in its parent (`name`, `body`). */
  readonly field: string | undefined;
  readonly children: SyntaxNode[] = [];
  readonly start: number;
  readonly end: number;
  readonly #source: string;

  constructor(type: string, field: string | undefined, span: readonly [number, number], source: string) {
    this.type = type;
    this.field = field;
    [this.start, this.end] = span;
    this.#source = source;
  }

  get text(): string {
    return this.#source.slice(this.start, this.end);
  }

  /** The child in this role. */
  at(field: string): SyntaxNode | undefined {
    return this.children.find((child) => child.field === field);
  }

  /** The first child of one of these types. */
  child(...types: string[]): SyntaxNode | undefined {
    return this.children.find((child) => types.includes(child.type));
  }

  /** All children of one of these types. */
  all(...types: string[]): SyntaxNode[] {
    return this.children.filter((child) => types.includes(child.type));
  }

  /** This node and all below it, parents first; `into` says whether to go below a node. */
  *walk(into: (node: SyntaxNode) => boolean = () => true): Generator<SyntaxNode> {
    yield this;
    if (!into(this)) return;
    for (const child of this.children) yield* child.walk(into);
  }
}
