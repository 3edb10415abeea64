import type {
  AnnotationFact,
  CallChain,
  MemberFacts,
  Mention,
  RouteFact,
  TextFact,
  UnitFacts,
  UnitKind,
} from './facts.ts';

type IdentifierPlace = keyof UnitFacts['identifiers'];

/** Collects the facts of one unit while its tree is walked. */
export class UnitBuilder {
  readonly annotations: AnnotationFact[] = [];
  readonly members: MemberFacts[] = [];
  readonly mentions: Mention[] = [];
  readonly texts: TextFact[] = [];
  readonly nested: string[] = [];
  readonly routes: RouteFact[] = [];
  readonly chains: CallChain[] = [];
  readonly #identifiers: Record<IdentifierPlace, Map<string, number>> = {
    name: new Map(),
    member: new Map(),
    type: new Map(),
    body: new Map(),
  };
  readonly #head: Pick<UnitFacts, 'name' | 'kind' | 'line' | 'lines'>;

  constructor(name: string, kind: UnitKind, line: number, lines: number) {
    this.#head = { name, kind, line, lines };
    this.word('name', name);
  }

  word(place: IdentifierPlace, identifier: string): void {
    const words = this.#identifiers[place];
    words.set(identifier, (words.get(identifier) ?? 0) + 1);
  }

  mention(mention: Mention): void {
    this.mentions.push(mention);
  }

  facts(): UnitFacts {
    const { annotations, members, mentions, texts, nested, routes, chains } = this;
    const identifiers = this.#identifiers;
    return { ...this.#head, annotations, members, mentions, texts, nested, routes, chains, identifiers };
  }
}
