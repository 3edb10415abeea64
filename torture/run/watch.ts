import type { Store } from '../candidates/candidate.ts';
import { judge } from './judge.ts';
import type { Lab } from './lab.ts';
import type { Finding } from './torture-case.ts';
import { until } from './until.ts';

/**
 * Appends a last event, waits until the subscriber has seen it, and judges what it has seen. A subscriber that does not get there
 * in time stalls.
 */
export async function judgeToTheEnd(
  lab: Lab,
  store: Store,
  more: { readonly acknowledged?: readonly string[]; readonly url?: string } = {},
): Promise<Finding> {
  const { url, acknowledged } = more;
  const last = `last-${Math.floor(lab.random() * 1e9)}`;
  await store.append(last, [last], 'any');
  const arrived = await arrives(lab, last, url);
  const look = async () => {
    const committed = await lab.committed(url);
    return judge({ committed, effects: await lab.effects(url), acknowledged });
  };
  if (!arrived) {
    const behind = new Set(await lab.effects(url)).size;
    const total = (await lab.committed(url)).length;
    return {
      verdict: 'stalls',
      finding: `${behind} of ${total} events reached the subscriber, and then none for ${lab.scale.patienceMs / 1000} s`,
    };
  }
  await until(async () => (await look()).verdict === 'passes', lab.scale.graceMs);
  // A second reader may do everything again a little later.
  await until(async () => (await look()).verdict !== 'passes', lab.scale.settleMs);
  return look();
}

/** Whether the subscriber gets as far as this label. As long as it gets on it may take its time. */
async function arrives(lab: Lab, label: string, url: string | undefined): Promise<boolean> {
  for (let before = -1; ; ) {
    let effects = await lab.effects(url);
    if (effects.includes(label)) return true;
    if (effects.length === before) return false;
    before = effects.length;
    await until(async () => {
      effects = await lab.effects(url);
      return effects.length > before;
    }, lab.scale.patienceMs);
  }
}

/** Since `started`, as `1.2 s`. */
export function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/** The first verdict that is not a pass, with the findings of all parts. */
export function worst(parts: Readonly<Record<string, Finding>>): Finding {
  const verdict = Object.values(parts).find((part) => part.verdict !== 'passes')?.verdict ?? 'passes';
  const finding = Object.entries(parts).map(([name, part]) => `${name}: ${part.finding}`);
  return { verdict, finding: finding.join('; ') };
}
