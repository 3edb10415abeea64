import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import { type Statement, statements } from '../plan/action.ts';
import type { SplitPlan } from '../plan/split-plan.ts';
import { forgetRecord, forgetStage } from '../seam/stage/stage-record.ts';
import { dropBridge } from './bridge-statements.ts';

/**
 * Drops the views under the old names for good, with the bridge, what the stage remembers, and its schema where nothing else is in it. What
 * reads the views keeps them from it. To be run once the tables have left that schema.
 */
export function dropOldNames(plan: SplitPlan): Statement[] {
  const moved = plan.tables.filter(({ oldName }) => oldName !== undefined);
  if (moved.length === 0) return [];
  const schemas = new Set(moved.map(({ name }) => name.slice(0, name.indexOf('.'))));
  return [
    ...statements(
      'source',
      `drop view if exists ${moved.map(({ oldName }) => quoteTable(oldName!)).join(', ')}`,
    ),
    ...(plan.bridge === 'foreign-tables' ? dropBridge(plan) : []),
    ...statements('source', forgetStage(plan.name), forgetRecord, ...[...schemas].map(dropEmpty)),
  ];
}

function dropEmpty(schema: string): string {
  return `do $seam$ begin drop schema if exists ${quoteIdentifier(schema)}; exception when dependent_objects_still_exist then null; end $seam$`;
}
