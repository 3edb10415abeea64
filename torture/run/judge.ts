import type { Finding } from './torture-case.ts';

/** An event as the candidate keeps it. */
export interface Committed {
  readonly label: string;
  readonly stream: string;
  readonly version: number;
}

/** What a subscriber should have seen, and what it saw. */
export interface Delivery {
  /** In the order of the candidate's positions. */
  readonly committed: readonly Committed[];
  /** The labels that took effect, in the order they did. */
  readonly effects: readonly string[];
  /** Labels whose append was acknowledged; those that are not committed are lost. */
  readonly acknowledged?: readonly string[];
}

/** Exactly once, in the order of each stream; the worst that was found decides. */
export function judge({ committed, effects, acknowledged = [] }: Delivery): Finding {
  const times = count(effects);
  const kept = count(committed.map(({ label }) => label));
  const lost = acknowledged.filter((label) => !kept.has(label)).length;
  const keptTwice = [...kept.values()].filter((n) => n > 1).length;
  const skipped = committed.filter(({ label }) => !times.has(label)).length;
  const doubled = [...times].filter(([label, n]) => n > (kept.get(label) ?? 0)).length;
  const gaps = wrongVersions(committed);
  const late = outOfOrder(committed, effects);
  const total = committed.length;
  if (lost > 0)
    return { verdict: 'loses', finding: `${lost} of ${acknowledged.length} acknowledged events are gone` };
  if (keptTwice > 0)
    return { verdict: 'doubles', finding: `${keptTwice} of ${total} events are there twice` };
  if (gaps > 0)
    return {
      verdict: 'doubles',
      finding: `${gaps} of ${total} events have a version that is taken or leaves a gap`,
    };
  if (skipped > 0)
    return {
      verdict: 'skips',
      finding: `${skipped} of ${total} committed events never reached the subscriber`,
    };
  if (doubled > 0)
    return { verdict: 'doubles', finding: `${doubled} of ${total} events took effect more than once` };
  if (late > 0)
    return {
      verdict: 'disorders',
      finding: `${late} of ${total} events took effect after a later one of their stream`,
    };
  return { verdict: 'passes', finding: `${total} of ${total} events took effect once` };
}

function count(labels: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const label of labels) times.set(label, (times.get(label) ?? 0) + 1);
  return times;
}

function wrongVersions(committed: readonly Committed[]): number {
  const streams = new Map<string, number[]>();
  for (const { stream, version } of committed) streams.set(stream, [...(streams.get(stream) ?? []), version]);
  const wrong = (versions: number[]) =>
    versions.sort((a, b) => a - b).filter((version, index) => version !== index + 1);
  return [...streams.values()].reduce((sum, versions) => sum + wrong(versions).length, 0);
}

function outOfOrder(committed: readonly Committed[], effects: readonly string[]): number {
  const byLabel = new Map(committed.map((event) => [event.label, event]));
  const newest = new Map<string, number>();
  let late = 0;
  for (const label of effects) {
    const event = byLabel.get(label);
    if (event === undefined) continue;
    const before = newest.get(event.stream) ?? 0;
    if (event.version < before) late += 1;
    newest.set(event.stream, Math.max(before, event.version));
  }
  return late;
}
