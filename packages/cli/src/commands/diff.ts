import { NotFound } from '@banyan/runtime';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { differencesOf, type RouteDifferences } from '../ledger/differences.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { FieldTraffic } from '../ledger/traffic.ts';
import { tableLines } from '../terminal/table.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';

interface DiffFlags {
  readonly config?: string;
  readonly json?: boolean;
}

/** `banyan diff list` and `banyan diff show ROUTE [FIELD]`. */
export function addDiff(program: Command): void {
  const diff = program.command('diff').description('where the replies of candidates differ from the owners’');
  const config = ['-c, --config <file>', 'the configuration (default: banyan.config.ts)'] as const;
  const json = ['--json', 'print JSON: one object per route'] as const;
  diff
    .command('list')
    .description('the fields that differ, by route, with how often')
    .option(...config)
    .option(...json)
    .action(list);
  diff
    .command('show')
    .description('samples of what differs on a route; secrets are redacted')
    .argument('<route>', 'the route, as `banyan diff list` names it')
    .argument('[field]', 'one field of it, such as items[*].price')
    .option(...config)
    .option(...json)
    .action(show);
}

async function list({ config, json = false }: DiffFlags): Promise<void> {
  const routes = await read(config);
  if (json) return void process.stdout.write(routes.map(jsonLine).join(''));
  if (routes.length === 0) return printLines(['No reply was compared yet.']);
  const columns = [
    { title: 'ROUTE', most: 24 },
    { title: 'FIELD' },
    { title: 'DIFFERENT', right: true },
    { title: 'COMPARED', right: true },
    { title: 'LAST SEEN (UTC)' },
  ];
  const rows = routes.flatMap(({ route, compared, fields }) =>
    fields.length === 0
      ? [[route, '(none)', '0', String(compared), '']]
      : fields.map((one) => [route, one.field, String(one.count), String(compared), shortTime(one.lastAt)]),
  );
  const noise = routes.flatMap((one) =>
    one.noise.length === 0 ? [] : [`${one.route}: ${one.noise.join(', ')}`],
  );
  printLines([
    ...tableLines(columns, rows, lineWidth()),
    ...(noise.length === 0
      ? []
      : ['', 'Noise, left out because the owner differs from itself there:', ...noise]),
  ]);
}

async function show(
  route: string,
  field: string | undefined,
  { config, json = false }: DiffFlags,
): Promise<void> {
  const routes = await read(config);
  const found = routes.find((one) => one.route === route);
  if (found === undefined) {
    const known = routes.map((one) => one.route).join(', ') || 'none';
    throw new NotFound(
      'route-unknown',
      `Nothing was compared on a route ${JSON.stringify(route)}. Compared: ${known}.`,
    );
  }
  const fields = found.fields.filter((one) => field === undefined || one.field === field);
  if (field !== undefined && fields.length === 0) {
    const known = found.fields.map((one) => one.field).join(', ') || 'none';
    throw new NotFound(
      'field-unknown',
      `${route} does not differ at ${JSON.stringify(field)}. It differs at: ${known}.`,
    );
  }
  if (json) return void process.stdout.write(jsonLine({ ...found, fields }));
  printLines([
    `${route}: ${found.different} of ${found.compared} replies differ`,
    ...fields.flatMap(fieldLines),
    ...(found.noise.length === 0 ? [] : ['', `noise: ${found.noise.join(', ')}`]),
  ]);
}

function fieldLines({ field, count, firstAt, lastAt, samples }: FieldTraffic): string[] {
  return [
    '',
    `${field}: ${count} times, from ${shortTime(firstAt)} to ${shortTime(lastAt)}`,
    ...samples.flatMap((one) => [
      `  ${one.method} ${one.path} at ${one.at}`,
      `    owner      ${one.owner ?? '(nothing)'}`,
      `    candidate  ${one.candidate ?? '(nothing)'}`,
    ]),
  ].map((line) => line.replace(/\p{Cc}/gu, ' '));
}

function shortTime(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}

async function read(config: string | undefined): Promise<readonly RouteDifferences[]> {
  await using ledger = await openLedger((await loadConfig(config)).ledger.database);
  return differencesOf(ledger.view());
}
