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

/** Which paths to leave out, as a tree: walking both together costs nothing where nothing is ignored. */
export interface IgnoredPaths {
  readonly whole: boolean;
  readonly below: ReadonlyMap<string | number, IgnoredPaths>;
}

interface GrowingPaths {
  whole: boolean;
  below: Map<string | number, GrowingPaths>;
}

const anyKey = '\u0000*';
const anyIndex = -1;

/** Builds the tree; texts that are no path are left out (`validateRouteTable` refuses them). */
export function ignoredPaths(texts: readonly string[]): readonly IgnoredPaths[] {
  const root: GrowingPaths = { whole: false, below: new Map() };
  for (const text of texts) {
    const steps = parseJsonPath(text);
    if (steps === undefined) continue;
    let node = root;
    for (const step of steps) {
      const name =
        'key' in step ? (step.key === '*' ? anyKey : step.key) : step.index === '*' ? anyIndex : step.index;
      let next = node.below.get(name);
      if (next === undefined) {
        next = { whole: false, below: new Map() };
        node.below.set(name, next);
      }
      node = next;
    }
    node.whole = true;
  }
  return texts.length === 0 ? [] : [root];
}

/** The ignored paths one step further down, or true where this step itself is ignored. */
export function ignoredBelow(
  nodes: readonly IgnoredPaths[],
  step: string | number,
): readonly IgnoredPaths[] | true {
  if (nodes.length === 0) return nodes;
  const next: IgnoredPaths[] = [];
  for (const node of nodes) {
    for (const name of [step, typeof step === 'number' ? anyIndex : anyKey]) {
      const found = node.below.get(name);
      if (found?.whole) return true;
      if (found !== undefined) next.push(found);
    }
  }
  return next;
}
