import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@banyan/postgres';
import { Unavailable } from '@banyan/runtime';
import {
  loadConfig,
  type MovedTables,
  moveTables,
  type OnSplitProgress,
  returnTables,
  terminalReporter,
} from 'banyan';
import pc from 'picocolors';
import { invariants } from '../monolith/invariants.js';
import { prepareStock } from '../warehouse/prepare.ts';
import type { StartArguments } from './arguments.ts';
import { configFile } from './parts.ts';
import { outputOf, readShoppersReport, type ShoppersReport } from './report.ts';
import { readRunning } from './running.ts';

/** What must hold when the stock is the warehouse's. */
interface StockProof extends MovedTables {
  readonly holds: boolean;
  readonly invariants: readonly { readonly name: string; readonly value: number }[];
  readonly shoppers: ShoppersReport;
}

/** Moves the stock to the warehouse while shoppers shop, and proves it; returns whether it holds. */
export async function extractWarehouse(options: StartArguments, signal: AbortSignal): Promise<boolean> {
  const { database } = readRunning()!.monolith;
  await prepareStock(database);
  const config = await loadConfig(configFile);
  const onProgress = reporter(options);
  const found = await moveTables({
    config,
    name: 'warehouse',
    onProgress,
    signal,
    beforeProof: () => shopOn(onProgress, signal),
  });
  const measured = await measureInvariants(database);
  const shoppers = readShoppersReport();
  const { missing, extra, different } = found.rows;
  const wrong = missing + extra + different + (found.part?.different ?? 0) + shoppers.failures;
  const holds = wrong === 0 && measured.every(({ value }) => value === 0);
  report({ ...found, holds, invariants: measured, shoppers }, options);
  return holds;
}

/** Orders that must be placed with the stock at the warehouse before it is proved that nothing is wrong. */
const wantedOrders = 10;
const shopMs = 120_000;

async function shopOn(onProgress: OnSplitProgress, signal: AbortSignal): Promise<void> {
  const step = 'shopped';
  onProgress({ kind: 'begun', step, text: '' });
  const before = readShoppersReport().ordersAcknowledged;
  const deadline = Date.now() + shopMs;
  for (;;) {
    const orders = readShoppersReport().ordersAcknowledged - before;
    onProgress({ kind: 'progress', step, text: `${orders} of ${wantedOrders} orders` });
    if (orders >= wantedOrders) {
      const evidence = { summary: `${orders} orders took their stock at the warehouse`, figures: { orders } };
      return onProgress({ kind: 'done', step, evidence, earlier: false });
    }
    if (Date.now() > deadline)
      throw new Unavailable(
        'no-orders',
        `The shoppers placed ${orders} orders in ${shopMs / 1000} s: see their log.`,
      );
    await sleep(100, undefined, { signal });
  }
}

/** Puts the stock back into the monolith's table. */
export async function returnWarehouse(options: StartArguments): Promise<number> {
  const config = await loadConfig(configFile);
  const { signal } = new AbortController();
  const onProgress = reporter(options);
  const changed = await returnTables({ config, name: 'warehouse', onProgress, signal });
  const text = changed
    ? 'The stock is the monolith’s again; nothing of the split is left.'
    : 'The stock is the monolith’s already; there was nothing to put back.';
  outputOf(options).write(`${text}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ split: 'warehouse', returned: changed })}\n`);
  return 0;
}

function reporter(options: StartArguments): OnSplitProgress {
  const tell = terminalReporter(outputOf(options));
  let began = performance.now();
  return (told) => {
    if (told.kind === 'done') return tell({ ...told, ms: performance.now() - began });
    if (told.kind === 'progress') return tell({ kind: 'progress', step: told.step, text: told.text });
    began = performance.now();
    tell({ kind: 'begun', step: told.step, attempt: 1 });
  };
}

async function measureInvariants(database: string): Promise<StockProof['invariants']> {
  const pool = connect(database, { max: 1, applicationName: 'musiccorp-start' });
  try {
    const found: { name: string; value: number }[] = [];
    for (const { name, sql } of invariants) {
      const { rows } = await pool.query<Record<string, unknown>>(sql);
      found.push({ name, value: Number(Object.values(rows[0]!)[0]) });
    }
    return found;
  } finally {
    await pool.end();
  }
}

function report(proof: StockProof, options: StartArguments): void {
  if (options.json) return void process.stdout.write(`${JSON.stringify(proof)}\n`);
  const { rows, part, shoppers } = proof;
  const line = (holds: boolean, text: string) =>
    process.stdout.write(`  ${holds ? pc.green('✓') : pc.red('✗')} ${text}\n`);
  const wrong = rows.missing + rows.extra + rows.different;
  const count = (value: number) => value.toLocaleString('en-US');
  line(wrong === 0, `rows: ${count(rows.compared)} compared at both databases, ${wrong} not alike`);
  line(
    part?.different === 0,
    `columns: ${count(part?.compared ?? 0)} items compared, ${part?.different} not alike`,
  );
  for (const { name, value } of proof.invariants) line(value === 0, name);
  line(
    shoppers.failures === 0,
    `shoppers: ${count(shoppers.requests)} requests, ${count(shoppers.failures)} failed, ${count(shoppers.ordersAcknowledged)} orders placed`,
  );
  process.stdout.write('\n');
}
