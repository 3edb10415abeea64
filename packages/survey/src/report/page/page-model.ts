import { type Bond, bondsOf } from '../../contexts/bonds.ts';
import type { Candidate } from '../../costs/costs.ts';
import type { Endpoint } from '../../graph/graph.ts';
import type { Survey } from '../../survey.ts';
import { type Walk, walker } from '../../walk/walk.ts';
import type { Markup } from './markup.ts';

/** A context as the page shows it. */
export interface PageContext {
  /** Its place in the order to take out, from 1: also what it is called in addresses, because names may be anything. */
  readonly rank: number;
  readonly name: string;
  readonly modules: readonly string[];
  readonly tables: readonly string[];
  readonly words: readonly string[];
  readonly candidate: Candidate;
  /** Of its colour, in degrees. */
  readonly hue: number;
}

export interface PageModel {
  readonly survey: Survey;
  /** In the order in which to take them out. */
  readonly contexts: readonly PageContext[];
  readonly bonds: readonly Bond[];
  readonly contextOf: ReadonlyMap<string, PageContext>;
  readonly ownerOf: ReadonlyMap<string, PageContext>;
  readonly named: ReadonlyMap<string, PageContext>;
  readonly walk: (endpoint: Endpoint) => Walk;
}

/** A part of the page that its navigation leads to. */
export interface Part {
  readonly id: string;
  readonly name: string;
  readonly body: Markup;
}

/** Far enough apart that neighbours in the list never look alike. */
const hueStep = 137.5;

/** What several parts of the page need, computed once. */
export function pageModel(survey: Survey): PageModel {
  const proposed = new Map(survey.proposal.contexts.map((context) => [context.name, context]));
  const contexts = survey.candidates.map((candidate, at): PageContext => {
    const { name, modules, tables, words } = proposed.get(candidate.context)!;
    return { rank: at + 1, name, modules, tables, words, candidate, hue: (150 + at * hueStep) % 360 };
  });
  return {
    survey,
    contexts,
    bonds: bondsOf(survey.graph, survey.proposal),
    contextOf: new Map(contexts.flatMap((context) => context.modules.map((id) => [id, context] as const))),
    ownerOf: new Map(contexts.flatMap((context) => context.tables.map((table) => [table, context] as const))),
    walk: walker(survey.graph, survey.proposal),
    named: new Map(contexts.map((context) => [context.name, context])),
  };
}

/** `1 table`, `2 tables`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** A text of at most so many characters. */
export function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

/** A coordinate: a tenth of a pixel is enough. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
