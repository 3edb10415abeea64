import type { UnitFacts } from './facts.ts';
import type { Finding } from './finding.ts';

/** Statements in strings, and members that run in one transaction. */
export function* statements(unit: UnitFacts): Generator<Finding> {
  const seen = new Set<string>();
  for (const { text, line, member } of unit.texts) {
    if (text.length <= 12 || seen.has(`${member}\n${text}`)) continue;
    seen.add(`${member}\n${text}`);
    yield { kind: 'statement', text, line, ...(member === undefined ? {} : { member }) };
  }
  for (const { name, annotations } of unit.members) {
    const one = annotations.find((each) => each.name === 'Transactional' || each.name === 'Transaction');
    if (one !== undefined) yield { kind: 'transaction', member: name, line: one.line };
  }
}
