import { parseArgs } from 'node:util';
import { killMatrix } from './kill-matrix.ts';

const usage = `Usage: npm run kill-matrix -- [options]

Moves tables there and back while parts of the system are killed, and looks whether anything is lost.

  --runs N     how many times; each goes to the next pair of command and fault (16)
  --seed S     the same faults at the same moments again (chosen anew)
  --bridge     the writers know the old names only
  --reshaped   the rows have another shape at the service
  --copy       a copy is kept, run and aborted
  --events     the service keeps events
  --json       the whole result on stdout, and what goes on on stderr
`;

const values = given();
const runs = positive(values.runs ?? '16', '--runs');
const seed = positive(values.seed ?? String(Date.now() % 1_000_000), '--seed');
const kind = (['reshaped', 'bridge', 'copy', 'events'] as const).find((name) => values[name]) ?? 'plain';
const log = values.json ? process.stderr : process.stdout;

log.write(`${runs} runs${kind === 'plain' ? '' : ` (${kind})`}, seed ${seed}\n`);
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
const done = await killMatrix({
  signal: stopping.signal,
  runs,
  seed,
  kind,
  onRun: (run, number) => {
    const what = `${run.fault} killed or cut ${run.afterMs} ms into ${run.command}`.padEnd(58);
    const how = `${run.ended.padEnd(7)} ${run.again} again, ${run.written} written, ${run.refused} refused`;
    log.write(`${String(number + 1).padStart(4)} ${run.wrong.length === 0 ? '✓' : '✗'} ${what} ${how}\n`);
    for (const wrong of run.wrong) log.write(`       ${wrong}\n`);
  },
});
const failed = done.filter(({ wrong }) => wrong.length > 0).length;
const summary = {
  runs,
  seed,
  kind,
  failed,
  written: done.reduce((sum, run) => sum + run.written, 0),
};
log.write(`${runs - failed} of ${runs} runs passed; ${summary.written} acknowledged writes, seed ${seed}\n`);
if (values.json) process.stdout.write(`${JSON.stringify({ ...summary, all: done })}\n`);
process.exitCode = failed === 0 ? 0 : 1;

function given() {
  const flag = { type: 'boolean' } as const;
  const options = {
    runs: { type: 'string' },
    seed: { type: 'string' },
    ...{ bridge: flag, reshaped: flag, copy: flag, events: flag, json: flag, help: flag },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (!values.help) return values;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function positive(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  process.stderr.write(`${flag} is a whole number above 0, not ${JSON.stringify(text)}.\n`);
  process.exit(2);
}
