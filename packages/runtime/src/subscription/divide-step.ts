import type { SubscriberStep } from './subscriber-step.ts';

type Apply<Entry> = SubscriberStep<Entry> & { do: 'apply' };

/** The step as steps of one entry each, as far as `until`; what comes after stays together. Entries of one position are one. */
export function divideStep<Entry extends { readonly position: bigint }>(
  step: Apply<Entry>,
  until: bigint,
): readonly Apply<Entry>[] {
  const { entries, to, whole } = step;
  if (whole || entries.length < 2) return [step];
  const parts: Entry[][] = [];
  for (const entry of entries) {
    const last = parts.at(-1)?.at(-1);
    const together = last !== undefined && (last.position > until || last.position === entry.position);
    if (together) parts.at(-1)!.push(entry);
    else parts.push([entry]);
  }
  return parts.map((part, index) => {
    const end = index === parts.length - 1 ? to : part.at(-1)!.position;
    return { do: 'apply', entries: part, to: end };
  });
}
