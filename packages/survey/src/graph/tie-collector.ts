import type { Mention, TieKind } from '../code/facts.ts';
import type { Call, Evidence, Tie } from './graph.ts';

const evidenceKept = 5;

interface Gathering {
  readonly kinds: Partial<Record<TieKind, number>>;
  readonly evidence: Evidence[];
}

/** Gathers mentions into one tie for each pair of modules. */
export class TieCollector {
  readonly #ties = new Map<string, Map<string, Gathering>>();
  readonly #used = new Set<string>();
  readonly #calls = new Map<string, Call>();

  add(from: string, to: string, mention: Mention, path: string): void {
    if (mention.how === 'calls' && mention.called !== undefined) this.#call(from, to, mention);
    if (from === to) return;
    this.#used.add(to);
    const targets = this.#ties.get(from) ?? new Map<string, Gathering>();
    this.#ties.set(from, targets);
    const tie = targets.get(to) ?? { kinds: {}, evidence: [] };
    targets.set(to, tie);
    tie.kinds[mention.how] = (tie.kinds[mention.how] ?? 0) + 1;
    if (tie.evidence.length < evidenceKept)
      tie.evidence.push({ path, line: mention.line, what: described(mention) });
  }

  has(from: string, to: string): boolean {
    return this.#ties.get(from)?.has(to) ?? false;
  }

  /** Whether any other module is tied to this one. */
  isUsed(id: string): boolean {
    return this.#used.has(id);
  }

  #call(from: string, to: string, { member = '', called = '' }: Mention): void {
    const call = { from, fromMember: member, to, toMember: called };
    this.#calls.set(Object.values(call).join('\n'), call);
  }

  ties(): Tie[] {
    const all = [...this.#ties].flatMap(([from, targets]) =>
      [...targets].map(([to, { kinds, evidence }]) => ({ from, to, kinds, evidence })),
    );
    return all.sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
  }

  calls(): Call[] {
    return [...this.#calls].sort(([a], [b]) => compare(a, b)).map(([, call]) => call);
  }
}

/** By code unit, so that the order is the same in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function described({ how, name, called, member }: Mention): string {
  const where = member === undefined ? '' : ` in ${member}`;
  return how === 'calls' ? `calls ${name}.${called}${where}` : `${how} ${name}${where}`;
}
