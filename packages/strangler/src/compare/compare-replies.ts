import type { CompareRules } from '../routes/route.ts';
import { compareHtml } from './compare-html.ts';
import { compareJson } from './compare-json.ts';
import { compareText } from './compare-text.ts';
import { decodeBody } from './decode-body.ts';
import { fieldOf, type PathRules, pathRules } from './json-path.ts';
import { type Noise, noNoise } from './noise.ts';
import { shorten } from './redact.ts';
import type { Difference, Reply } from './reply.ts';

/** What a comparison depends on beside the two replies. */
export interface Comparison {
  readonly rules?: CompareRules | undefined;
  /** Longest body that is compared, decoded, in bytes. */
  readonly maxBytes: number;
  /** What is not worth mentioning. Default nothing. */
  readonly noise?: Noise;
  /** Whether both are the owner's, and arrays in another order are to be told from other contents. Default false. */
  readonly learning?: boolean;
}

/**
 * Whether two replies are the same to the byte in all that is compared, which no rule and no noise can make a difference: most
 * replies are, and need no look into them.
 */
export function areSame(owner: Reply, candidate: Reply, rules: CompareRules | undefined): boolean {
  if (owner.status !== candidate.status || !owner.body.equals(candidate.body)) return false;
  if (!haveSame(owner, candidate, 'content-encoding')) return false;
  return rules?.headers?.every((name) => haveSame(owner, candidate, name.toLowerCase())) ?? true;
}

function haveSame(owner: Reply, candidate: Reply, header: string): boolean {
  return owner.headers.get(header) === candidate.headers.get(header);
}

/**
 * Compares status, the headers that the rules name, and the body: JSON by structure, HTML as a document, text by lines,
 * bytes exactly. Content encodings are undone first. Undefined where a body can't be read or is longer than the limit.
 */
export async function compareReplies(
  owner: Reply,
  candidate: Reply,
  comparison: Comparison,
): Promise<Difference[] | undefined> {
  const { rules, maxBytes, noise = noNoise } = comparison;
  const found = compareHeads(owner, candidate, rules).filter(({ at }) => !noise.values.has(at));
  const [ownerBody, candidateBody] = await Promise.all([
    decodeBody(owner, maxBytes),
    decodeBody(candidate, maxBytes),
  ]);
  if (ownerBody === undefined || candidateBody === undefined) return found.length > 0 ? found : undefined;
  if (ownerBody.equals(candidateBody)) return found;
  const inBodies = compareBodies([owner, ownerBody], [candidate, candidateBody], comparison);
  return [...found, ...inBodies.filter(({ at }) => !noise.shapes.has(fieldOf(at)))];
}

type Body = readonly [reply: Reply, body: Buffer];

function compareBodies([owner, ours]: Body, [candidate, theirs]: Body, comparison: Comparison): Difference[] {
  if (!isText(owner) || !isText(candidate)) {
    return [{ at: 'body', owner: `${ours.length} bytes`, candidate: `${theirs.length} bytes` }];
  }
  const texts = [ours.toString('utf8'), theirs.toString('utf8')] as const;
  const { rules, noise = noNoise, learning = false } = comparison;
  if (isJson(owner) && isJson(candidate)) {
    const options = { rules: rulesOf(rules, noise), order: learning };
    const found = attempt(() => compareJson(JSON.parse(texts[0]), JSON.parse(texts[1]), options));
    if (found !== undefined) return found;
  }
  if (isHtml(owner) && isHtml(candidate)) {
    const options = { ignore: rules?.ignore ?? [], noisy: noise.values };
    const found = attempt(() => compareHtml(...texts, options));
    if (found !== undefined) return found;
  }
  return compareText(...texts, { noisy: noise.values });
}

/** Undefined where a body is not what it says that it is, or is nested too deeply to walk. */
function attempt(compare: () => Difference[]): Difference[] | undefined {
  try {
    return compare();
  } catch {
    return undefined;
  }
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

const rulesByNoise = new WeakMap<Noise, WeakMap<CompareRules, readonly PathRules[]>>();
const noRules: CompareRules = {};

/** The rules as a tree, built once for a noise. */
function rulesOf(said: CompareRules = noRules, noise: Noise): readonly PathRules[] {
  let byRules = rulesByNoise.get(noise);
  if (byRules === undefined) {
    byRules = new WeakMap();
    rulesByNoise.set(noise, byRules);
  }
  let rules = byRules.get(said);
  if (rules === undefined) {
    const { ignore = [], sets = [], tolerance = {} } = said;
    rules = pathRules({
      ignore: [...ignore, ...noise.shapes],
      noisy: noise.values,
      sets: [...sets, ...noise.orders],
      tolerance,
    });
    byRules.set(said, rules);
  }
  return rules;
}

function isJson(reply: Reply): boolean {
  return /^[^;]*[/+]json\s*(;|$)/i.test(reply.headers.get('content-type') ?? '');
}

function isHtml(reply: Reply): boolean {
  return /^(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(reply.headers.get('content-type') ?? '');
}

function isText(reply: Reply): boolean {
  return /^(text\/|[^;]*[/+](json|xml|javascript))/i.test(reply.headers.get('content-type') ?? '');
}
