import { quoteIdentifier, quoteLiteral } from '@banyan/postgres';
import type { LeftOver } from '../facts/left-overs.ts';
import type { Problem } from '../problem.ts';
import { listed, type Rule } from './rule.ts';

/** Nothing on either side has a name that the split needs: it would be taken for the split's own, or be in its way. */
export const nothingIsLeftOver: Rule = ({ plan, source, target }) =>
  [source, target].flatMap(({ server, leftOvers }) =>
    leftOvers.map(
      (one): Problem => ({
        kind: 'left-over',
        severity: 'error',
        object: one.name,
        message: `${said(one, server.database)} is there, and this split did not make it${inside(one)}: an earlier attempt left it, or another Banyan works on a split ${plan.name}.`,
        remedy:
          `If this split is under way (banyan split status ${plan.name}), or another one is, leave it, and give a new split another name. ` +
          `Otherwise run in ${one.database ?? server.database}: ${removal(one)}`,
      }),
    ),
  );

function said({ kind, name, database }: LeftOver, here: string): string {
  const what = kind === 'slot' ? 'replication slot' : kind;
  return `The ${what} ${name} ${kind === 'slot' ? 'of' : 'in'} ${database ?? here}`;
}

function inside({ tables = [] }: LeftOver): string {
  return tables.length === 0 ? '' : ` (it keeps ${listed(tables)})`;
}

function removal({ kind, name, tables = [] }: LeftOver): string {
  const quoted = quoteIdentifier(name);
  switch (kind) {
    case 'publication':
      return `drop publication ${quoted};`;
    case 'subscription':
      return `alter subscription ${quoted} disable; alter subscription ${quoted} set (slot_name = none); drop subscription ${quoted};`;
    case 'slot':
      return `select pg_drop_replication_slot(${quoteLiteral(name)});`;
    case 'schema':
      return `drop schema ${quoted} cascade;${tables.length === 0 ? '' : ' (the tables in it were perhaps kept by a split that was finished: look into them first)'}`;
  }
}
