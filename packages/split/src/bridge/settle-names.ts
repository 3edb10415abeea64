import { quoteTable } from '@banyan/postgres';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { runInMoments } from '../sides/run-in-moments.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { bridgeName } from './bridge-names.ts';
import { dropBridge, turnNames } from './bridge-statements.ts';
import { readBridgeFacts } from './read-bridge-facts.ts';

const turnedSql = `
  select wanted.name from unnest($1::text[], $2::text[]) as wanted(name, quoted) where exists (
    select from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      join pg_class f on d.refclassid = 'pg_class'::regclass and f.oid = d.refobjid and f.relkind = 'f'
      join pg_namespace n on n.oid = f.relnamespace
    where r.ev_class = to_regclass(wanted.quoted) and n.nspname = $3)`;

/** The old names that lead over the bridge now. */
export async function turnedNames({ source }: Sides, plan: SplitPlan): Promise<readonly string[]> {
  const old = plan.tables.flatMap(({ oldName }) => oldName ?? []);
  const rows = await ask<{ name: string }>(source.pool, turnedSql, [
    old,
    old.map(quoteTable),
    bridgeName(plan),
  ]);
  return rows.map(({ name }) => name);
}

/** Makes sure that the old names lead to a side, and asks for the locks in moments only. Does nothing where they do. */
export async function settleNames(sides: Sides, plan: SplitPlan, to: SideName): Promise<void> {
  const turned = await turnedNames(sides, plan);
  if (turned.length === (to === 'target' ? plan.tables.length : 0)) return;
  const facts = await readBridgeFacts(sides, plan);
  await runInMoments(
    sides,
    turnNames(
      plan,
      facts.filter(({ oldName }) => turned.includes(oldName) === (to === 'source')),
      to,
    ),
  );
}

/** Turns the old names back to the tables beside them, and takes the bridge down. May be repeated. */
export async function removeBridge(sides: Sides, plan: SplitPlan): Promise<void> {
  await settleNames(sides, plan, 'source');
  await runInMoments(sides, dropBridge(plan));
}
