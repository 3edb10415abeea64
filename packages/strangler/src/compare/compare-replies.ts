import type { CompareRules } from '../routes/route.ts';
import { compareJson } from './compare-json.ts';
import { decodeBody } from './decode-body.ts';
import { type IgnoredPaths, ignoredPaths } from './json-path.ts';
import { shorten } from './redact.ts';
import type { Difference, Reply } from './reply.ts';

const ignoredByRules = new WeakMap<CompareRules, readonly IgnoredPaths[]>();

/**
 * Compares status, the headers that the rules name, and the body: JSON by structure, text and bytes exactly.
 * Content encodings are undone first. Undefined where a body can't be read or is longer than the limit.
 */
export async function compareReplies(
  owner: Reply,
  candidate: Reply,
  rules: CompareRules | undefined,
  maxBytes: number,
): Promise<Difference[] | undefined> {
  const found = compareHeads(owner, candidate, rules);
  const [ownerBody, candidateBody] = await Promise.all([
    decodeBody(owner, maxBytes),
    decodeBody(candidate, maxBytes),
  ]);
  if (ownerBody === undefined || candidateBody === undefined) return found.length > 0 ? found : undefined;
  if (ownerBody.equals(candidateBody)) return found;
  if (isJson(owner) && isJson(candidate)) {
    const byStructure = compareAsJson(ownerBody, candidateBody, ignoredOf(rules));
    if (byStructure !== undefined) return [...found, ...byStructure];
  }
  return [...found, differentBodies(ownerBody, candidateBody, isText(owner) && isText(candidate))];
}

function compareHeads(owner: Reply, candidate: Reply, rules: CompareRules | undefined): Difference[] {
  const found: Difference[] = [];
  if (owner.status !== candidate.status) {
    found.push({ at: 'status', owner: String(owner.status), candidate: String(candidate.status) });
  }
  for (const name of rules?.headers ?? []) {
    const ours = owner.headers.get(name.toLowerCase());
    const theirs = candidate.headers.get(name.toLowerCase());
    if (ours === theirs) continue;
    found.push({
      at: `header ${name}`,
      ...(ours === undefined ? {} : { owner: shorten(name, ours) }),
      ...(theirs === undefined ? {} : { candidate: shorten(name, theirs) }),
    });
  }
  return found;
}

/** Undefined where either is no JSON after all, or is nested too deeply to walk. */
function compareAsJson(
  owner: Buffer,
  candidate: Buffer,
  ignored: readonly IgnoredPaths[],
): Difference[] | undefined {
  try {
    return compareJson(JSON.parse(owner.toString('utf8')), JSON.parse(candidate.toString('utf8')), ignored);
  } catch {
    return undefined;
  }
}

function ignoredOf(rules: CompareRules | undefined): readonly IgnoredPaths[] {
  if (rules?.ignore === undefined) return [];
  let ignored = ignoredByRules.get(rules);
  if (ignored === undefined) {
    ignored = ignoredPaths(rules.ignore);
    ignoredByRules.set(rules, ignored);
  }
  return ignored;
}

function differentBodies(owner: Buffer, candidate: Buffer, text: boolean): Difference {
  if (!text) return { at: 'body', owner: `${owner.length} bytes`, candidate: `${candidate.length} bytes` };
  let from = 0;
  while (from < owner.length && owner[from] === candidate[from]) from++;
  const start = Math.max(0, from - 30);
  const excerpt = (body: Buffer) => shorten('', body.subarray(start, start + 400).toString('utf8'));
  return { at: 'body', owner: excerpt(owner), candidate: excerpt(candidate) };
}

function isJson(reply: Reply): boolean {
  return /^[^;]*[/+]json\s*(;|$)/i.test(reply.headers.get('content-type') ?? '');
}

function isText(reply: Reply): boolean {
  return /^(text\/|[^;]*[/+](json|xml|javascript))/i.test(reply.headers.get('content-type') ?? '');
}
