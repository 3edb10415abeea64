/** One step of a path: a key, an index, or any of them. */
export type PathStep = { readonly key: string | '*' } | { readonly index: number | '*' };

const stepPattern = /\.?([^.[\]"]+)|\[(\*|\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;

/**
 * Reads `items[*].updatedAt`, `items[0].id`, `*.etag`, `[*].id`, `meta["a.b"]`; a leading `$` is allowed.
 * Undefined where the text is no path.
 */
export function parseJsonPath(text: string): readonly PathStep[] | undefined {
  const source = text.startsWith('$') ? text.slice(1) : text;
  const steps: PathStep[] = [];
  let at = 0;
  while (at < source.length) {
    stepPattern.lastIndex = at;
    const found = stepPattern.exec(source);
    if (found === null) return undefined;
    if (found[1] !== undefined) steps.push({ key: found[1] });
    else if (found[2] !== undefined) steps.push({ index: found[2] === '*' ? '*' : Number(found[2]) });
    else steps.push({ key: found[3]!.replace(/\\(.)/g, '$1') });
    at = stepPattern.lastIndex;
  }
  return steps.length === 0 ? undefined : steps;
}

/** What holds at a path beside plain equality, as a tree: walking it along costs nothing where nothing is said. */
export interface PathRules {
  /** The value is not looked at. */
  readonly ignore: boolean;
  /** The value may be another one of the same JSON type. */
  readonly noisy: boolean;
  /** An array in any order. */
  readonly set: boolean;
  /** How far a number may be off: so much, or so many per cent of the owner's. */
  readonly tolerance: Tolerance | undefined;
  readonly below: ReadonlyMap<string | number, PathRules>;
}

/** An absolute difference, or one in per cent such as `'0.5%'`. */
export type Tolerance = number | `${number}%`;

/** Paths and what is said of them. */
export interface SaidOfPaths {
  readonly ignore?: Iterable<string>;
  readonly noisy?: Iterable<string>;
  readonly sets?: Iterable<string>;
  readonly tolerance?: Readonly<Record<string, Tolerance>>;
}

interface GrowingRules {
  ignore: boolean;
  noisy: boolean;
  set: boolean;
  tolerance: Tolerance | undefined;
  below: Map<string | number, GrowingRules>;
}

const anyKey = '\u0000*';
const anyIndex = -1;

/** Builds the tree; texts that are no path are left out (`validateRouteTable` refuses them). Empty where nothing is said. */
export function pathRules({
  ignore = [],
  noisy = [],
  sets = [],
  tolerance = {},
}: SaidOfPaths): readonly PathRules[] {
  const root = growing();
  for (const path of ignore) grow(root, path, (node) => (node.ignore = true));
  for (const path of noisy) grow(root, path, (node) => (node.noisy = true));
  for (const path of sets) grow(root, path, (node) => (node.set = true));
  for (const [path, most] of Object.entries(tolerance)) grow(root, path, (node) => (node.tolerance = most));
  return root.below.size === 0 && !root.set && !root.noisy ? [] : [root];
}

function growing(): GrowingRules {
  return { ignore: false, noisy: false, set: false, tolerance: undefined, below: new Map() };
}

function grow(root: GrowingRules, path: string, say: (node: GrowingRules) => void): void {
  // The whole body has no steps; an array may stand there.
  const steps = path === 'body' || path === '$' ? [] : parseJsonPath(path);
  if (steps === undefined) return;
  let node = root;
  for (const step of steps) {
    const name =
      'key' in step ? (step.key === '*' ? anyKey : step.key) : step.index === '*' ? anyIndex : step.index;
    let next = node.below.get(name);
    if (next === undefined) {
      next = growing();
      node.below.set(name, next);
    }
    node = next;
  }
  say(node);
}

/** The rules one step further down. */
export function rulesBelow(nodes: readonly PathRules[], step: string | number): readonly PathRules[] {
  if (nodes.length === 0) return nodes;
  const next: PathRules[] = [];
  for (const node of nodes) {
    for (const name of [step, typeof step === 'number' ? anyIndex : anyKey]) {
      const found = node.below.get(name);
      if (found !== undefined) next.push(found);
    }
  }
  return next;
}

/** A path with every index as `[*]`: what differences are grouped by. */
export function fieldOf(at: string): string {
  return at.replace(/\[\d+\]/g, '[*]');
}
