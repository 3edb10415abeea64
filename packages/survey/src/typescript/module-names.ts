import type { ImportFact, TieKind } from '../code/facts.ts';
import type { UnitBuilder } from '../code/unit-builder.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';
import { typeNames } from './type-names.ts';

export interface ModuleContext {
  readonly line: (offset: number) => number;
  readonly constants: ReadonlyMap<string, string>;
  readonly imports: readonly ImportFact[];
  /** What is declared at the top. */
  readonly declared: ReadonlySet<string>;
}

/** The member of what stands at the top of a module and runs when it is loaded. */
export const top = '<top>';

/** What names mean where a module is being read: what it imports, what it declares, and the types of what has one. */
export class ModuleNames {
  readonly unit: UnitBuilder;
  readonly context: ModuleContext;
  readonly imported: ReadonlySet<string>;
  readonly own = new Set<string>();
  /** Names of fields and variables to the name of their type. */
  #scope = new Map<string, string>();

  constructor(unit: UnitBuilder, context: ModuleContext) {
    this.unit = unit;
    this.context = context;
    this.imported = new Set(context.imports.map(({ as }) => as));
  }

  declare(name: string): void {
    this.own.add(name);
    this.unit.nested.push(name);
    this.unit.word('member', name);
  }

  /** Types that become known inside are forgotten afterwards. */
  within(read: () => void): void {
    const outer = this.#scope;
    this.#scope = new Map(outer);
    read();
    this.#scope = outer;
  }

  typeOf(name: string): string | undefined {
    return this.#scope.get(name);
  }

  hasType(name: string, type: string | undefined): void {
    if (type !== undefined) this.#scope.set(name, type);
  }

  /** What an imported name is called where it comes from. */
  calledName(name: string): string {
    const imported = this.context.imports.find(({ as }) => as === name)?.name;
    return imported === undefined || imported === '*' ? name : imported;
  }

  /** Notes the types that are written in a node, and returns their names. */
  types(node: SyntaxNode, how: TieKind, member: string): string[] {
    const names = typeNames(node);
    const line = this.context.line(node.start);
    for (const name of names) {
      this.unit.word('type', name);
      this.unit.mention({ name, how, line, member });
    }
    return names;
  }

  /** Notes what a function takes and returns. */
  signature(node: SyntaxNode, member: string): void {
    for (const parameter of node.at('parameters')?.children ?? []) {
      const [pattern, type] = [parameter.at('pattern'), parameter.at('type')];
      if (pattern?.type === 'identifier') this.unit.word('body', pattern.text);
      if (type === undefined) continue;
      const [first] = this.types(type, 'parameter', member);
      if (pattern?.type === 'identifier') this.hasType(pattern.text, first);
    }
    const returns = node.at('return_type');
    if (returns !== undefined) this.types(returns, 'returns', member);
  }
}
