import type { UnitFacts } from '../code/facts.ts';

/** The text that a member is set to; empty where it is set to something else. */
export function textOfMember(unit: UnitFacts, member: string): string | undefined {
  const found = unit.members.find(({ name }) => name === member);
  return (
    found?.annotations.find(({ name }) => name === '=')?.arguments.value?.[0] ??
    (found === undefined ? undefined : '')
  );
}

/** `"shop.Customer"`, `Customer`, `'self'`, `lambda: Customer`. */
export function typeIn(written: string | undefined, own: string): string | undefined {
  if (written === 'self') return own;
  return /([A-Z]\w*)$/.exec(written ?? '')?.[1];
}
