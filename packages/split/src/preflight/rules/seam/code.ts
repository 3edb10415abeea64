import type { Problem } from '../../problem.ts';
import { listed, type Rule, thoseThatStay } from '../rule.ts';
import { answerOf, answerWith, isOldName, leaves } from './crossing.ts';

const answers = [
  ["'bridge'", 'it goes on over a foreign table under the old name'],
  ["'rewrite'", 'the team writes it anew without the tables that leave'],
  ["'drop'", 'nobody needs it any more'],
] as const;

/** A view is left over tables that are not there. */
export const viewsAreAnswered: Rule = (facts) =>
  facts.source.seam.views
    .filter(({ name }) => answerOf(facts, 'views', name) === undefined && !isOldName(facts, name))
    .map(({ name, isMaterialized, tables }): Problem => {
      const stay = thoseThatStay(facts, tables);
      const leave = tables.filter((table) => leaves(facts, table));
      return {
        kind: 'view',
        severity: 'error',
        object: name,
        message: `The ${isMaterialized ? 'materialized view' : 'view'} ${name} reads ${listed(leave)}, which ${leave.length === 1 ? 'leaves' : 'leave'}${stay.length === 0 ? '' : `, together with ${listed(stay)}`}.`,
        remedy: answerWith('views', name, answers),
      };
    });

/** A function stays where it is when its tables leave. */
export const functionsAreAnswered: Rule = (facts) =>
  facts.source.seam.functions
    .filter(({ isTrigger, name, tables }) => {
      const isReaching = tables.some((table) => leaves(facts, table));
      return !isTrigger && isReaching && answerOf(facts, 'functions', name) === undefined;
    })
    .map(({ name, language, tables, writes, isParsed }): Problem => {
      const leave = tables.filter((table) => leaves(facts, table));
      const written = leave.filter((table) => writes.includes(table));
      const does = isParsed ? (written.length > 0 ? 'writes' : 'reads') : 'names';
      return {
        kind: 'function',
        severity: 'error',
        object: name,
        message: `The function ${name} (${language}) ${does} ${listed(written.length > 0 ? written : leave)}, which ${leave.length === 1 ? 'leaves' : 'leave'}: it would go on with rows that are no longer the true ones.`,
        remedy: answerWith('functions', name, answers),
      };
    });
