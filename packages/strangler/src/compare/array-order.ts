import { canonical } from './canonical.ts';
import { fieldOf, pathRules } from './json-path.ts';

/** Items of arrays that are looked at; longer ones are taken as lists. */
const mostItems = 2_000;

/**
 * Whether two arrays hold the same items in another order, but for fields that are never the same: then those fields, as
 * paths within an item (`.id`; an empty list where the items are equal). Undefined where they don't, or where the
 * order is the same.
 *
 * A field whose values are the same all together but not one by one is out of order; one whose values
 * are others all together is noise by itself.
 */
export function orderNoise(
  one: readonly unknown[],
  other: readonly unknown[],
): readonly string[] | undefined {
  if (one.length !== other.length || one.length < 2 || one.length > mostItems) return undefined;
  const [ours, theirs] = [leavesOf(one), leavesOf(other)];
  const fields = [...new Set([...ours.keys(), ...theirs.keys()])];
  const noisy = fields.filter((field) => sorted(ours.get(field)) !== sorted(theirs.get(field)));
  const inOrder = fields.every(
    (field) => noisy.includes(field) || (ours.get(field) ?? []).join() === (theirs.get(field) ?? []).join(),
  );
  if (inOrder) return undefined;
  const rules = pathRules({ noisy: noisy.map((field) => `[*]${field}`) });
  const below = rules.flatMap((root) => [...root.below.values()]);
  const texts = (items: readonly unknown[]) => sorted(items.map((item) => canonical(item, below)));
  return texts(one) === texts(other) ? noisy : undefined;
}

function sorted(texts: readonly string[] | undefined): string {
  return [...(texts ?? [])].sort().join();
}

/** Every leaf below the items, grouped by its path within the item. */
function leavesOf(items: readonly unknown[]): Map<string, string[]> {
  const leaves = new Map<string, string[]>();
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, `${path}[*]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        visit(item, fieldOf(`${path}${/^[^.[\]"]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`}`));
      }
    } else {
      const text = JSON.stringify(value);
      const known = leaves.get(path);
      if (known === undefined) leaves.set(path, [text]);
      else known.push(text);
    }
  };
  for (const item of items) visit(item, '');
  return leaves;
}
