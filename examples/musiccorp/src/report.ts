import { readFileSync } from 'node:fs';
import { type OnProgress, type Proof, reportError, terminalReporter } from 'banyan';
import pc from 'picocolors';
import type { StartArguments } from './arguments.ts';
import { type Running, shoppersReport } from './running.ts';

/** Tells of a failure; returns the exit code. */
export const reportFailure = reportError;

/** Where progress goes: with `--json` stdout is for the proof alone. */
export function outputOf({ json }: StartArguments): NodeJS.WriteStream {
  return json ? process.stderr : process.stdout;
}

/** Prints the parts as they start, in the manner of the steps of a migration. */
export function partReporter(
  options: StartArguments,
): (name: string) => (text: string, done?: boolean) => void {
  const report: OnProgress = terminalReporter(outputOf(options));
  return (name) => {
    const began = performance.now();
    report({ kind: 'begun', step: name, attempt: 1 });
    return (text, done = false) => {
      if (!done) return report({ kind: 'progress', step: name, text });
      const evidence = { summary: text, figures: {} };
      report({ kind: 'done', step: name, evidence, ms: performance.now() - began, earlier: false });
    };
  };
}

/** What the shoppers met, as they wrote it down. */
export interface ShoppersReport {
  readonly requests: number;
  readonly failures: number;
  readonly ordersAcknowledged: number;
  readonly ordersUnknown: number;
}

/** The shoppers' own count: what users of the shop saw. */
export function readShoppersReport(): ShoppersReport {
  const { requests, failures, ordersAcknowledged, ordersUnknown } = JSON.parse(
    readFileSync(shoppersReport, 'utf8'),
  ) as ShoppersReport;
  return { requests, failures, ordersAcknowledged, ordersUnknown };
}

/** Prints the end of it all and returns whether it holds. */
export function reportProof(proof: Proof, shoppers: ShoppersReport, options: StartArguments): boolean {
  const holds = proof.holds && shoppers.failures === 0;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...proof, holds, shoppers })}\n`);
  } else {
    const mark = shoppers.failures === 0 ? pc.green('✓') : pc.red('✗');
    const count = (value: number) => value.toLocaleString('en-US');
    process.stdout.write(
      `  ${mark} shoppers: ${count(shoppers.requests)} requests, ${count(shoppers.failures)} failed, ${count(shoppers.ordersAcknowledged)} orders placed\n\n`,
    );
  }
  return holds;
}

/** Says where to look. */
export function reportAddresses(running: Running, options: StartArguments): void {
  outputOf(options).write(
    `  ${pc.bold('shop')}    ${pc.cyan(running.proxy.url)}\n  ${pc.bold('status')}  ${pc.cyan(running.status.url)}\n\n`,
  );
}
