import { type IgnoredPaths, ignoredBelow } from './json-path.ts';
import { shorten } from './redact.ts';
import type { Difference } from './reply.ts';

/** State of one comparison: differences found so far, and how many are wanted. */
interface Walk {
  readonly found: Difference[];
  readonly limit: number;
}

/**
 * Compares two JSON values by structure: order of keys doesn't count, order of arrays does, numbers are compared as
 * numbers (`1.0` is `1`), absent is not null.
 */
export function compareJson(
  owner: unknown,
  candidate: unknown,
  ignored: readonly IgnoredPaths[] = [],
  limit = 5,
): Difference[] {
  const walk: Walk = { found: [], limit };
  compareAt(walk, '', owner, candidate, ignored);
  return walk.found;
}

function compareAt(
  walk: Walk,
  at: string,
  owner: unknown,
  candidate: unknown,
  ignored: readonly IgnoredPaths[],
): void {
  if (owner === candidate || walk.found.length >= walk.limit) return;
  if (Array.isArray(owner) && Array.isArray(candidate)) {
    compareArrays(walk, at, owner, candidate, ignored);
  } else if (isObject(owner) && isObject(candidate)) {
    compareObjects(walk, at, owner, candidate, ignored);
  } else walk.found.push(difference(at, owner, candidate));
}

function compareArrays(
  walk: Walk,
  at: string,
  owner: readonly unknown[],
  candidate: readonly unknown[],
  ignored: readonly IgnoredPaths[],
): void {
  const length = Math.max(owner.length, candidate.length);
  for (let index = 0; index < length && walk.found.length < walk.limit; index++) {
    const below = ignoredBelow(ignored, index);
    if (below !== true) compareAt(walk, `${at}[${index}]`, owner[index], candidate[index], below);
  }
}

function compareObjects(
  walk: Walk,
  at: string,
  owner: Readonly<Record<string, unknown>>,
  candidate: Readonly<Record<string, unknown>>,
  ignored: readonly IgnoredPaths[],
): void {
  for (const key of Object.keys({ ...owner, ...candidate })) {
    const below = ignoredBelow(ignored, key);
    if (below === true) continue;
    const name = /^[^.[\]"]+$/.test(key) ? (at === '' ? key : `.${key}`) : `[${JSON.stringify(key)}]`;
    compareAt(walk, at + name, own(owner, key), own(candidate, key), below);
    if (walk.found.length >= walk.limit) return;
  }
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function difference(at: string, owner: unknown, candidate: unknown): Difference {
  return {
    at: at === '' ? 'body' : at,
    ...(owner === undefined ? {} : { owner: shorten(at, JSON.stringify(owner)) }),
    ...(candidate === undefined ? {} : { candidate: shorten(at, JSON.stringify(candidate)) }),
  };
}
