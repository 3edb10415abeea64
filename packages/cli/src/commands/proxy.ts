import cluster from 'node:cluster';
import { Invalid, Unavailable } from '@banyan/runtime';
import {
  type ProxyLogLine,
  type Recording,
  type RecordingProgress,
  runWorkers,
  WorkerFailed,
} from '@banyan/strangler';
import type { Command } from 'commander';
import type { BanyanConfig } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { pause } from '../migrate/lag-samples.ts';
import { controlClient } from '../proxy/control-client.ts';
import { type RunningProxy, runProxy } from '../proxy/run-proxy.ts';
import { beginRecording, readRecording } from '../replay/recording-file.ts';
import { type ReplayReport, replay } from '../replay/replay.ts';
import { jsonLine, printLines } from './print.ts';
import { stopSignal } from './signals.ts';

const lookEveryMs = 500;

/** `banyan proxy`, `banyan proxy record` and `banyan proxy replay`. */
export function addProxy(program: Command): void {
  const proxy = program
    .command('proxy')
    .description('run the proxy in front of the monolith; its routes are those of the ledger')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .action(run);
  proxy
    .command('record')
    .description('record a bounded, redacted sample of the reads that pass a running proxy')
    .argument('<file>', 'where to write them, one JSON object per line')
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .option('--requests <count>', 'how many, at most 10000', '1000')
    .option('--sample <percent>', 'share of the reads that is taken', '100')
    .option('--seconds <seconds>', 'how long at most', '60')
    .option('--force', 'replace the file where it is there, and end what somebody else records')
    .action(record);
  proxy
    .command('replay')
    .description('send a recording to two targets and compare the replies; exit code 1 if any differs')
    .argument('<file>', 'a recording')
    .requiredOption('--owner <url>', 'the target that is right')
    .requiredOption('--candidate <url>', 'the target that is compared with it')
    .option('--json', 'print the report as one JSON object')
    .action(replayFile);
}

async function run({ config }: { config?: string }): Promise<void> {
  try {
    await runBy(await loadConfig(config));
  } catch (error) {
    // The channel to the first process would keep a worker that can't do its work.
    if (cluster.isWorker) process.disconnect();
    // A worker that could not start has told its user why.
    if (!(error instanceof WorkerFailed)) throw error;
    process.exitCode = 1;
  }
}

async function runBy(config: BanyanConfig): Promise<void> {
  await runWorkers({
    count: config.proxy.workers ?? 1,
    signal: stopSignal(),
    log,
    async run(worker, siblings) {
      const proxy = await runProxy(config, log, siblings);
      // All workers have the same addresses.
      if (worker === 0) tellAddresses(proxy);
      return proxy;
    },
  });
}

function tellAddresses({ url, controlUrl, operationsUrl }: RunningProxy): void {
  process.stdout.write(`proxy listening on ${url}\n`);
  if (controlUrl !== undefined) process.stdout.write(`control API on ${controlUrl}\n`);
  if (operationsUrl !== undefined) process.stdout.write(`metrics and health on ${operationsUrl}\n`);
}

function log(line: ProxyLogLine): void {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
}

interface RecordFlags {
  readonly requests: string;
  readonly sample: string;
  readonly seconds: string;
  readonly force?: boolean;
}

/** How much longer than asked for a proxy goes on recording for somebody who may have been killed, in seconds. */
const graceSeconds = 60;

// The parent has an option of the same name and takes it, wherever it stands.
async function record(
  file: string,
  { force = false, ...flags }: RecordFlags,
  command: Command,
): Promise<void> {
  const { config } = command.optsWithGlobals<{ config?: string }>();
  const requests = numberOf('requests', flags.requests, { least: 1, most: 10_000, whole: true });
  const sample = numberOf('sample', flags.sample, { above: 0, most: 100 }) / 100;
  const seconds = numberOf('seconds', flags.seconds, { least: 1, most: 86_400 });
  const control = controlClient(await loadConfig(config));
  const stopping = stopSignal();
  // Before anything is recorded: it would be for nothing.
  using recording = beginRecording(file, force);
  const kept = Math.min(seconds + graceSeconds, 86_400);
  await control.send('PUT', '/recording', { requests, sample, seconds: kept, force });
  const until = Date.now() + seconds * 1_000;
  const isGoingOn = async () => {
    const { wanted, recorded, full } = await control.get<RecordingProgress>('/recording/progress');
    return recorded < wanted && !full && Date.now() < until && !stopping.aborted;
  };
  while (await isGoingOn()) await pause(lookEveryMs, stopping).catch(() => undefined);
  const recorded = await control.get<Recording>('/recording');
  recording.keep(recorded.requests);
  await control.send('POST', '/recording', {});
  const none = recorded.requests.length === 0 ? ': no read passed this proxy that can be recorded' : '';
  printLines([`${recorded.requests.length} requests recorded in ${file}${none}`]);
}

async function replayFile(
  file: string,
  flags: { readonly owner: string; readonly candidate: string; readonly json?: boolean },
): Promise<void> {
  for (const url of [flags.owner, flags.candidate]) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new Invalid(
        'url-invalid',
        `${JSON.stringify(url)} is not an address such as http://127.0.0.1:4000.`,
      );
  }
  const report = await replay(readRecording(file), { ...flags, signal: stopSignal() });
  if (report.compared + report.failed === 0) {
    throw new Unavailable(
      'nothing-compared',
      `Nothing was compared: ${flags.owner} gave no reply that can be compared to any of ${report.skipped} requests. Is it up?`,
    );
  }
  process.exitCode = report.different + report.failed === 0 ? 0 : 1;
  if (flags.json === true) process.stdout.write(jsonLine(report));
  else printLines(reportLines(report));
}

function reportLines({ compared, equal, different, failed, skipped, fields }: ReplayReport): string[] {
  return [
    `${compared} compared: ${equal} equal, ${different} different; ${failed} not answered by the candidate, ${skipped} not comparable`,
    ...fields.flatMap(({ field, count, sample, request }) => [
      `${field}: ${count} times`,
      `  ${request} at ${sample.at}: ${sample.owner ?? '(nothing)'} and ${sample.candidate ?? '(nothing)'}`,
    ]),
  ];
}

interface Bounds {
  readonly least?: number;
  readonly above?: number;
  readonly most: number;
  readonly whole?: boolean;
}

function numberOf(name: string, text: string, { least, above, most, whole = false }: Bounds): number {
  const value = Number(text);
  const isAbove = value >= (least ?? 0) && (above === undefined || value > above);
  if (text.trim() !== '' && isAbove && value <= most && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'a whole number' : 'a number';
  const from = above === undefined ? `from ${least}` : `above ${above}, up`;
  throw new Invalid(
    'number-invalid',
    `--${name}: ${JSON.stringify(text)} is not ${kind} ${from} to ${most}.`,
  );
}
