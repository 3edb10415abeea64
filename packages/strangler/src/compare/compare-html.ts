import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { fieldOf } from './json-path.ts';
import { shorten } from './redact.ts';
import type { Difference } from './reply.ts';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** Elements that are walked down at most; a document nested deeper than that is compared as text. */
const deepest = 500;

/** Elements of which there is one. */
const single = new Set(['html', 'head', 'body']);

/** What is left out of a comparison of documents: places such as `html > head > meta[*] @content`, and all below them. */
export interface HtmlComparison {
  readonly ignore?: readonly string[];
  /** Places whose value may be another one. */
  readonly noisy?: ReadonlySet<string>;
  /** Different places that are reported at most. Default 20. */
  readonly limit?: number;
}

interface Walk {
  readonly found: Map<string, Difference>;
  readonly ignored: readonly string[];
  readonly noisy: ReadonlySet<string>;
  readonly limit: number;
}

/**
 * Compares two HTML documents as a browser would read them: elements, attributes in any order, and text with its white
 * space collapsed; comments don't count.
 * @throws RangeError where a document is nested too deeply.
 */
export function compareHtml(owner: string, candidate: string, options: HtmlComparison = {}): Difference[] {
  const { ignore = [], noisy = new Set(), limit = 20 } = options;
  const walk: Walk = { found: new Map(), ignored: ignore, noisy, limit };
  compareChildren(walk, '', [parse(owner).childNodes, parse(candidate).childNodes], 0);
  return [...walk.found.values()];
}

function compareChildren(
  walk: Walk,
  at: string,
  [ours, theirs]: readonly [readonly Node[], readonly Node[]],
  depth: number,
): void {
  if (depth > deepest) throw new RangeError(`The document is nested more than ${deepest} deep.`);
  const [owner, candidate] = [placed(ours), placed(theirs)];
  for (let index = 0; index < Math.max(owner.length, candidate.length); index++) {
    if (walk.found.size >= walk.limit) return;
    const [mine, other] = [owner[index], candidate[index]];
    const name = mine?.place ?? other!.place;
    const here = name === 'text' ? `${at} text`.trim() : at === '' ? name : `${at} > ${name}`;
    if (isIgnored(walk, here)) continue;
    if (mine?.place !== other?.place) report(walk, here, [mine?.text, other?.text], true);
    else if (mine!.element === undefined) report(walk, here, [mine!.text, other!.text], false);
    else compareElements(walk, here, [mine!.element, other!.element!], depth);
  }
}

function compareElements(
  walk: Walk,
  at: string,
  [owner, candidate]: readonly [Element, Element],
  depth: number,
): void {
  const theirs = new Map(candidate.attrs.map(({ name, value }) => [name, value]));
  const names = new Set([...owner.attrs.map(({ name }) => name), ...theirs.keys()]);
  for (const name of names) {
    const mine = owner.attrs.find((attribute) => attribute.name === name)?.value;
    report(walk, `${at} @${name}`, [mine, theirs.get(name)], mine === undefined || !theirs.has(name));
  }
  compareChildren(walk, at, [childrenOf(owner), childrenOf(candidate)], depth + 1);
}

function childrenOf(element: Element): readonly Node[] {
  return 'content' in element
    ? (element as DefaultTreeAdapterTypes.Template).content.childNodes
    : element.childNodes;
}

/** A node that counts, with its place among its siblings. */
interface Placed {
  readonly place: string;
  readonly text: string;
  readonly element?: Element;
}

function placed(nodes: readonly Node[]): Placed[] {
  const counts = new Map<string, number>();
  return nodes.flatMap((node): Placed[] => {
    if ('tagName' in node) {
      const nth = counts.get(node.tagName) ?? 0;
      counts.set(node.tagName, nth + 1);
      const place = single.has(node.tagName) ? node.tagName : `${node.tagName}[${nth}]`;
      return [{ place, text: `<${node.tagName}>`, element: node }];
    }
    if (!('value' in node)) return [];
    const text = node.value.replace(/\s+/g, ' ').trim();
    return text === '' ? [] : [{ place: 'text', text }];
  });
}

function isIgnored({ ignored }: Walk, at: string): boolean {
  return ignored.length > 0 && ignored.some((path) => at === path || fieldOf(at) === path);
}

function report(
  walk: Walk,
  at: string,
  [owner, candidate]: readonly [string | undefined, string | undefined],
  shape: boolean,
): void {
  const field = fieldOf(at);
  if (owner === candidate || walk.found.has(field) || isIgnored(walk, at)) return;
  if (!shape && walk.noisy.has(field)) return;
  walk.found.set(field, {
    at,
    ...(owner === undefined ? {} : { owner: shorten(at, owner) }),
    ...(candidate === undefined ? {} : { candidate: shorten(at, candidate) }),
    ...(shape ? { shape: true } : {}),
  });
}
