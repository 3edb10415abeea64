import { orderNoise } from './array-order.ts';
import { canonical } from './canonical.ts';
import { fieldOf, type PathRules, rulesBelow } from './json-path.ts';
import { shorten } from './redact.ts';
import type { Difference } from './reply.ts';
import { withinTolerance } from './tolerance.ts';

/** Differences that are looked at before a comparison is given up as hopeless. */
const mostVisited = 5_000;

/** What a comparison depends on beside the two values. */
export interface JsonComparison {
  readonly rules?: readonly PathRules[];
  /** Different fields that are reported at most. Default 20. */
  readonly limit?: number;
  /** Whether arrays with the same items in another order are reported as such, for learning. Default false. */
  readonly order?: boolean;
}

/** State of one comparison. */
interface Walk {
  readonly found: Map<string, Difference>;
  readonly limit: number;
  readonly order: boolean;
  visited: number;
}

/**
 * Compares two JSON values by structure: order of keys doesn't count, order of arrays does unless the rules say that it
 * is a set, numbers are compared as numbers (`1.0` is `1`), absent is not null.
 */
export function compareJson(
  owner: unknown,
  candidate: unknown,
  { rules = [], limit = 20, order = false }: JsonComparison = {},
): Difference[] {
  const walk: Walk = { found: new Map(), limit, order, visited: 0 };
  compareAt(walk, '', [owner, candidate], rules);
  return [...walk.found.values()];
}

type Pair = readonly [owner: unknown, candidate: unknown];

function compareAt(walk: Walk, at: string, pair: Pair, rules: readonly PathRules[]): void {
  const [owner, candidate] = pair;
  if (owner === candidate || isFull(walk)) return;
  if (rules.length > 0 && rules.some(({ ignore }) => ignore)) return;
  if (Array.isArray(owner) && Array.isArray(candidate)) {
    if (rules.some(({ set }) => set)) compareSets(walk, at, [owner, candidate], rules);
    else compareArrays(walk, at, [owner, candidate], rules);
    return;
  }
  if (isObject(owner) && isObject(candidate)) {
    compareObjects(walk, at, [owner, candidate], rules);
    return;
  }
  const sameType = jsonType(owner) === jsonType(candidate);
  if (sameType && rules.some((rule) => rule.noisy || withinTolerance(owner, candidate, rule.tolerance)))
    return;
  report(walk, at, difference(at, owner, candidate, sameType));
}

function compareArrays(
  walk: Walk,
  at: string,
  [owner, candidate]: readonly [readonly unknown[], readonly unknown[]],
  rules: readonly PathRules[],
): void {
  if (walk.order) {
    const noise = orderNoise(owner, candidate);
    if (noise !== undefined) {
      const values = noise.map((field) => ({ at: `${at}[0]${field}` }));
      for (const one of [{ at: at === '' ? 'body' : at, order: true as const }, ...values]) {
        report(walk, one.at, one);
      }
      return;
    }
  }
  const length = Math.max(owner.length, candidate.length);
  for (let index = 0; index < length && !isFull(walk); index++) {
    compareAt(walk, `${at}[${index}]`, [owner[index], candidate[index]], rulesBelow(rules, index));
  }
}

/** What both have is taken away; what remains is compared in order, so that the fields that differ are named. */
function compareSets(
  walk: Walk,
  at: string,
  [owner, candidate]: readonly [readonly unknown[], readonly unknown[]],
  rules: readonly PathRules[],
): void {
  // Rules for single indexes mean nothing in a set; those for all of them are asked for by an index that is never there.
  const below = rulesBelow(rules, Number.MAX_SAFE_INTEGER);
  const theirs = new Map<string, number[]>();
  for (const [index, item] of candidate.entries()) {
    const key = canonical(item, below);
    const same = theirs.get(key);
    if (same === undefined) theirs.set(key, [index]);
    else same.push(index);
  }
  const left = [...owner.entries()].filter(
    ([, item]) => theirs.get(canonical(item, below))?.shift() === undefined,
  );
  const others = [...theirs.values()].flat().sort((a, b) => a - b);
  for (let n = 0; n < Math.max(left.length, others.length) && !isFull(walk); n++) {
    const other = others[n] === undefined ? undefined : candidate[others[n]!];
    compareAt(walk, `${at}[${left[n]?.[0] ?? others[n]}]`, [left[n]?.[1], other], below);
  }
}

function compareObjects(
  walk: Walk,
  at: string,
  [owner, candidate]: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>],
  rules: readonly PathRules[],
): void {
  for (const key of Object.keys({ ...owner, ...candidate })) {
    const name = /^[^.[\]"]+$/.test(key) ? (at === '' ? key : `.${key}`) : `[${JSON.stringify(key)}]`;
    compareAt(walk, at + name, [own(owner, key), own(candidate, key)], rulesBelow(rules, key));
    if (isFull(walk)) return;
  }
}

function report(walk: Walk, at: string, found: Difference): void {
  walk.visited++;
  const field = fieldOf(at);
  const before = walk.found.get(field);
  // That something is missing somewhere says more than that it has another value elsewhere.
  if (before === undefined || (found.shape === true && before.shape !== true)) walk.found.set(field, found);
}

function isFull({ found, limit, visited }: Walk): boolean {
  return found.size >= limit || visited >= mostVisited;
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function difference(at: string, owner: unknown, candidate: unknown, sameType: boolean): Difference {
  return {
    at: at === '' ? 'body' : at,
    ...(owner === undefined ? {} : { owner: shorten(at, JSON.stringify(owner)) }),
    ...(candidate === undefined ? {} : { candidate: shorten(at, JSON.stringify(candidate)) }),
    ...(sameType ? {} : { shape: true }),
  };
}
