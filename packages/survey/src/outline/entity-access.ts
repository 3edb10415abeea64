import type { UnitFacts } from '../code/facts.ts';
import type { Finding } from '../code/finding.ts';

/** Whose rows each function reads and writes, by the calls to types; what is no row of a table is left out later. */
export function* entityAccess(unit: UnitFacts, writing: RegExp): Generator<Finding> {
  const found = new Map<
    string,
    { type: string; member: string; line: number; hows: Set<'reads' | 'writes'> }
  >();
  for (const { name, how, line, member = '*', called = '' } of unit.mentions) {
    if (how !== 'calls' && how !== 'creates') continue;
    if (name === unit.name || !/(^|\.|::)[A-Z]\w*$/.test(name)) continue;
    const id = `${name}\n${member}`;
    const one = found.get(id) ?? { type: name, member, line, hows: new Set() };
    found.set(id, one);
    one.hows.add(how === 'creates' || writing.test(called) ? 'writes' : 'reads');
  }
  for (const { hows, ...one } of found.values())
    for (const how of [...hows].sort()) yield { kind: 'manages', ...one, how };
}
