import { type PathRules, rulesBelow } from './json-path.ts';

/**
 * A text that is the same for all values that the rules hold for equal, but for tolerances: within a set, numbers that are
 * near each other are compared after equal ones were taken away.
 */
export function canonical(value: unknown, rules: readonly PathRules[] = []): string {
  if (rules.some(({ ignore }) => ignore)) return '~';
  if (Array.isArray(value)) {
    const items = value.map((item, index) => canonical(item, rulesBelow(rules, index)));
    return `[${(rules.some(({ set }) => set) ? items.sort() : items).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, item]) => {
      const text = canonical(item, rulesBelow(rules, key));
      return text === '~' ? [] : [`${JSON.stringify(key)}:${text}`];
    });
    return `{${entries.sort().join(',')}}`;
  }
  if (rules.some(({ noisy }) => noisy)) return value === null ? 'null' : typeof value;
  return JSON.stringify(value);
}
