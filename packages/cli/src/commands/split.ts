import {
  type Action,
  abortActions,
  type BridgePlan,
  bridgeAddress,
  dropActions,
  finishActions,
  readBridgeFacts,
  runActions,
  type SideName,
  type Sides,
  type SplitPlan,
  switchActions,
} from '@banyan/split';
import type { Command } from 'commander';
import pc from 'picocolors';
import { loadConfig } from '../config/load-config.ts';
import { figure } from '../migrate/steps/verify.ts';
import { type AbortedSplit, abortSplit } from '../split/abort-split.ts';
import { actionLines } from '../split/action-lines.ts';
import { dropOld, finishSplit } from '../split/finish-split.ts';
import { mustMove } from '../split/must-move.ts';
import { namingUnreached } from '../split/name-unreached.ts';
import { type OpenSplit, openSplit } from '../split/open-split.ts';
import type { OnSplitProgress } from '../split/progress.ts';
import { runSplit } from '../split/run-split.ts';
import { statusLines } from '../split/split-lines.ts';
import { splitStatus } from '../split/split-status.ts';
import { differenceText, verificationText } from '../split/steps/verify.ts';
import { settleSwitch, switchOwner } from '../split/switch-owner.ts';
import { verifySplit } from '../split/verify-split.ts';
import { jsonLine, printLines } from './print.ts';
import { showVerify } from './show-verify.ts';
import { stopSignal } from './signals.ts';
import { addSplitCheck } from './split-check.ts';
import { addSplitFollow } from './split-follow.ts';
import { addSplitPart } from './split-part.ts';
import { addSplitPlan } from './split-plan.ts';
import { addSplitSeam } from './split-seam.ts';

interface SplitFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly why?: string;
  readonly drop?: boolean;
  /** Commander's way to say `--no-way-back`. */
  readonly wayBack?: boolean;
  readonly again?: boolean;
}

/** `banyan split plan|check|seam|part|run|follow|status|verify|cutover|reverse|finish|abort NAME`. */
export function addSplit(program: Command): void {
  const split = program
    .command('split')
    .description('move tables from the monolith’s database to the service’s, while both run');
  const verb = (name: string, description: string) =>
    split
      .command(name)
      .description(description)
      .argument('<name>', 'the split, as the configuration names it')
      .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
      .option('--json', 'print the result as one JSON object on stdout, everything else on stderr');
  addSplitPlan(split);
  addSplitCheck(split);
  addSplitSeam(split);
  addSplitPart(split);
  addSplitFollow(split);
  const change = (name: string, description: string) =>
    verb(name, description).option('--dry-run', 'print the statements; change nothing');
  change('run', 'copy the tables and follow them, up to where a cut-over can begin, or for good').action(
    namingUnreached(run),
  );
  verb('status', 'how far a split is, and how its feeds are').action(namingUnreached(status));
  verb('verify', 'compare the rows of both sides while they run')
    .option('--again', 'compare all rows, also where an interrupted comparison could be gone on with')
    .action(namingUnreached(verify));
  change('cutover', 'give the tables to the service; the monolith’s become a copy that is kept up to date')
    .option('--no-way-back', 'also where rows of another shape have no translator for the way back')
    .action(namingUnreached((name: string, flags: SplitFlags) => changeOwner(name, 'target', flags)));
  change('reverse', 'give the tables back to the monolith, also days after the cut-over').action(
    namingUnreached((name: string, flags: SplitFlags) => changeOwner(name, 'source', flags)),
  );
  change('finish', 'no way back from here: take down the way back, and move the old tables out of the way')
    .option('--why <reason>', 'the reason, for the ledger')
    .option('--drop', 'drop the old tables of a finished split for good')
    .action(namingUnreached(finish));
  change('abort', 'take everything down that the split made, on both sides; not after a cut-over')
    .option('--why <reason>', 'the reason, for the ledger')
    .action(namingUnreached(abort));
}

type Flow = (
  open: OpenSplit,
  json: boolean,
) => Promise<{ readonly result: object; readonly lines: string[] }>;

/** Opens a split, does something to it, and tells what came of it; or says what would be done. */
async function act(
  name: string,
  { config: file, json = false, dryRun }: SplitFlags,
  actions: (open: OpenSplit) => Action[] | Promise<Action[]>,
  flow: Flow,
): Promise<void> {
  const config = await loadConfig(file);
  await using open = await openSplit(config, name, { lock: dryRun !== true });
  if (dryRun) {
    const planned = await actions(open);
    return json
      ? void process.stdout.write(jsonLine({ split: name, actions: planned }))
      : printLines(actionLines(planned));
  }
  const { result, lines } = await flow(open, json);
  if (json) process.stdout.write(jsonLine({ split: name, ...result }));
  else printLines(lines);
}

async function run(name: string, flags: SplitFlags): Promise<void> {
  await act(
    name,
    flags,
    ({ plan }) => runActions(plan),
    async (open, json) => {
      await settleSwitch(open, say(json));
      const { status, owner, steps } = await runSplit(open, reporter(json), stopSignal());
      return {
        result: { status, owner, steps },
        lines:
          owner === 'target'
            ? nextLines(open, owner)
            : [nextLine(open), ...followLines(name, open.plan.reshaped)],
      };
    },
  );
}

function nextLine({ name, plan: { keep, service } }: OpenSplit): string {
  return keep === undefined
    ? `${name} can be cut over: banyan split cutover ${name}`
    : `${name} is a copy for the service ${service}, and is kept until: banyan split abort ${name}`;
}

async function changeOwner(name: string, to: SideName, flags: SplitFlags): Promise<void> {
  await act(
    name,
    flags,
    async ({ plan, sides }) => {
      mustMove(plan);
      return switchActions(plan, to, await bridgePlan(sides, plan));
    },
    async (open, json) => {
      await settleSwitch(open, say(json));
      if (ownsAlready(open, to)) return { result: { owner: to, changed: false }, lines: [alreadyLine(to)] };
      const done = await switchOwner(open, to, say(json), {
        signal: stopSignal(),
        noWayBack: flags.wayBack === false,
      });
      return { result: { owner: to, ...done }, lines: nextLines(open, to) };
    },
  );
}

/** Whether it was done before, perhaps by a process that was killed before it could say so. */
function ownsAlready({ ledger, name }: OpenSplit, to: SideName): boolean {
  const view = ledger.split(name);
  return view?.status === 'running' && view.plan?.keep === undefined && view.owner === to;
}

function alreadyLine(to: SideName): string {
  return `The ${to} owns the tables already; there is nothing to change.`;
}

function nextLines({ name, plan: { reshaped } }: OpenSplit, to: SideName): string[] {
  if (to === 'target' && reshaped?.back === false) return ['There is no way back.'];
  const next = to === 'target' ? `back: banyan split reverse ${name}` : `forth: banyan split cutover ${name}`;
  return [`The way ${next}`, ...followLines(name, reshaped)];
}

/** A translator is code of a process, so somebody must run it. */
function followLines(name: string, reshaped: SplitPlan['reshaped']): string[] {
  if (reshaped === undefined) return [];
  return [`Nobody follows from here on, unless this runs: banyan split follow ${name}`];
}

async function bridgePlan(sides: Sides, plan: SplitPlan): Promise<BridgePlan | undefined> {
  if (plan.bridge !== 'foreign-tables') return undefined;
  return { facts: await readBridgeFacts(sides, plan), address: bridgeAddress(sides.target.bridge) };
}

async function finish(name: string, flags: SplitFlags): Promise<void> {
  const drop = flags.drop === true;
  await act(
    name,
    flags,
    ({ plan }) => {
      mustMove(plan);
      return drop ? dropActions(plan) : finishActions(plan);
    },
    async (open, json) => {
      await settleSwitch(open, say(json));
      if (drop) {
        const dropped = await dropOld(open);
        return {
          result: { dropped },
          lines: [dropped ? 'The old tables are dropped.' : 'They were dropped before.'],
        };
      }
      const finished = await finishSplit(open, flags.why ?? 'asked for on the command line');
      const lines = [
        finished ? `${name} is finished.` : `${name} was finished before.`,
        `The old tables are kept at the monolith in the schema banyan_split_${name}; drop them with: banyan split finish ${name} --drop`,
      ];
      return { result: { finished }, lines };
    },
  );
}

async function abort(name: string, flags: SplitFlags): Promise<void> {
  await act(
    name,
    flags,
    ({ plan }) => abortActions(plan),
    async (open, json) => {
      await settleSwitch(open, say(json));
      const result = await abortSplit(open, flags.why ?? 'asked for on the command line');
      return { result, lines: [abortedLine(name, result)] };
    },
  );
}

function abortedLine(name: string, { aborted, streamsLeft: left }: AbortedSplit): string {
  if (!aborted) return `There was nothing of ${name} to take down.`;
  if (left === 0) return `${name} is aborted; nothing of it is left.`;
  const [stay, them] = left === 1 ? ['1 stream stays', 'it'] : [`${left} streams stay`, 'them'];
  return `${name} is aborted. ${stay} in the log of the service, because it has appended to ${them}: the split can't be run again into the same log.`;
}

async function status(name: string, { config: file, json = false }: SplitFlags): Promise<void> {
  await using open = await openSplit(await loadConfig(file), name, { lock: false });
  const found = await splitStatus(open);
  if (json) return void process.stdout.write(jsonLine(found));
  printLines(statusLines(found));
}

async function verify(
  name: string,
  { config: file, json = false, again = false }: SplitFlags,
): Promise<void> {
  await using open = await openSplit(await loadConfig(file), name, { lock: false });
  let resumed = 0;
  const show = showVerify(process.stderr.isTTY === true && !json);
  const found = await verifySplit(open, {
    signal: stopSignal(),
    again,
    onProgress(progress) {
      resumed = progress.resumed;
      show.told(progress);
    },
  }).finally(show.ended);
  process.exitCode = found.missing + found.extra + found.different === 0 ? 0 : 1;
  if (json) return void process.stdout.write(jsonLine({ split: name, ...found }));
  const earlier = `${figure(resumed)} of them were found equal before this was interrupted; --again compares all.`;
  printLines([
    verificationText(found),
    ...(resumed === 0 ? [] : [`  ${earlier}`]),
    ...found.samples.map((one) => `  ${differenceText(one)}`),
  ]);
}

function say(json: boolean): (text: string) => void {
  const output = json ? process.stderr : process.stdout;
  return (text) => void output.write(`  ${text}\n`);
}

function reporter(json: boolean): OnSplitProgress {
  const output = json ? process.stderr : process.stdout;
  let last = 0;
  return (told) => {
    if (told.kind === 'done') {
      const when = told.earlier ? pc.dim(' (done before)') : '';
      output.write(`  ${pc.green('✓')} ${told.step.padEnd(12)} ${told.evidence.summary}${when}\n`);
    } else if (told.kind === 'progress' && Date.now() - last > 2_000) {
      last = Date.now();
      output.write(`  … ${told.step.padEnd(12)} ${told.text}\n`);
    }
  };
}
