import { userInfo } from 'node:os';
import { Invalid, NotFound } from '@banyan/runtime';
import { exportEnvoy, exportNginx } from '@banyan/strangler';
import { Argument, type Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { openLedger } from '../ledger/ledger.ts';
import { routeTable } from '../ledger/route-table.ts';
import { routeActions } from '../ledger/routes/change-routes.ts';
import type { RouteChange } from '../ledger/routes/route-view.ts';
import { controlClient } from '../proxy/control-client.ts';
import type { ListedRoute } from '../proxy/listed-routes.ts';
import { tableLines } from '../terminal/table.ts';
import { jsonLine, lineWidth, printLines } from './print.ts';
import { definitionFromFlags, type RouteFlags, routeOptions } from './route-flags.ts';

interface Flags extends RouteFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly why?: string;
  readonly by?: string;
  readonly to?: string;
}

/** `banyan route list|set|hold|release|approve|remove|history|revert|revision`, through the control API of a proxy. */
export function addRoute(program: Command): void {
  const route = program.command('route').description('look at the routes of a running proxy and change them');
  const verb = (name: string, description: string) =>
    route
      .command(name)
      .description(description)
      .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
      .option('--json', 'print JSON');
  const change = (name: string, description: string) =>
    verb(name, description)
      .requiredOption('--why <reason>', 'the reason, for the ledger')
      .option('--by <name>', 'who changes it (default: the name of the system’s user)');
  verb('list', 'all routes, in the order in which they are tried').action(list);
  verb(
    'export',
    'the routes of the ledger as a configuration for another proxy; what it can’t say goes to stderr',
  )
    .addArgument(new Argument('<proxy>', 'whose configuration').choices(['nginx', 'envoy']))
    .option('--listen <address>', 'host and port of that proxy', '127.0.0.1:8080')
    .action(exportRoutes);
  verb('revision', 'which revision of the routes each proxy runs').action(revision);
  verb('history', 'every change of a route, with who and why').addArgument(routeArgument()).action(history);
  routeOptions(change('set', 'set what a route is; what is not said stays as it was'))
    .addArgument(routeArgument())
    .action(set);
  const what = {
    hold: 'let the analysis not advance a route; a rollback still happens',
    release: 'let the analysis advance it again',
    approve: 'approve of its next stage',
    remove: 'remove it; the next route that matches, or the monolith, answers',
  };
  for (const action of routeActions) {
    change(action, what[action])
      .addArgument(routeArgument())
      .action((name: string, flags: Flags) => send('POST', name, action, flags, {}));
  }
  change('revert', 'set a route to what it was before its last change')
    .addArgument(routeArgument())
    .option('--to <revision>', 'as of this revision of its history instead')
    .action((name: string, flags: Flags) =>
      send('POST', name, 'revert', flags, flags.to === undefined ? {} : { revision: flags.to }),
    );
}

function routeArgument(): Argument {
  return new Argument('<route>', 'the name of the route');
}

async function list({ config, json = false }: Flags): Promise<void> {
  const routes = await (await client(config)).get<readonly ListedRoute[]>('/routes');
  if (json) return void process.stdout.write(routes.map(jsonLine).join(''));
  if (routes.length === 0) return printLines(['There is no route: the monolith answers everything.']);
  const columns = [
    { title: 'ROUTE', most: 20 },
    { title: 'PATH' },
    { title: 'MODE' },
    { title: 'STATUS' },
    { title: 'CANDIDATE', right: true },
    { title: 'DIFFERENT', right: true },
  ];
  const rows = routes.map(({ name, path, traffic, ...route }) => [
    name,
    path,
    modeText(route),
    route.waitsFor === undefined ? route.status : `${route.status}; ${route.waitsFor}`,
    `${traffic.candidate.requests}`,
    `${traffic.different}/${traffic.compared}`,
  ]);
  printLines(tableLines(columns, rows, lineWidth()));
}

async function exportRoutes(
  proxy: 'nginx' | 'envoy',
  flags: Flags & { readonly listen: string },
): Promise<void> {
  const { host, port } = listenAddress(flags.listen);
  const config = await loadConfig(flags.config);
  await using ledger = await openLedger(config.ledger.database);
  const table = routeTable(config, ledger.view());
  const { hooks = {} } = config;
  const { text, leftOut } =
    proxy === 'nginx'
      ? exportNginx(table, { listen: flags.listen, hooks })
      : exportEnvoy(table, { host, port, hooks });
  for (const line of leftOut) process.stderr.write(`${line}\n`);
  process.stdout.write(flags.json === true ? jsonLine({ text, leftOut }) : text);
}

/** @throws Invalid */
function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = /^(\[[\da-f:.]+\]|[\w.-]+):(\d+)$/i.exec(text) ?? [];
  if (host !== '' && Number(port) >= 1 && Number(port) <= 65_535)
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  throw new Invalid(
    'listen-invalid',
    `--listen: ${JSON.stringify(text)} is not host:port, such as 0.0.0.0:8080 or [::1]:8080.`,
  );
}

function modeText({
  mode,
  owner,
  candidate = '',
}: Pick<ListedRoute, 'mode' | 'owner' | 'candidate'>): string {
  switch (mode.kind) {
    case 'owner':
      return owner;
    case 'shadow':
      return `${owner}, compared with ${candidate}`;
    case 'canary':
      return `${Math.round(mode.share * 1000) / 10} % ${candidate}`;
    case 'moved':
      return candidate;
  }
}

async function revision({ config, json = false }: Flags): Promise<void> {
  const found = await (await client(config)).get<{
    readonly instance: string;
    readonly revision: number;
    readonly ledger: string;
    readonly proxies: Readonly<Record<string, { readonly revision?: string; readonly at: string }>>;
  }>('/revision');
  if (json) return void process.stdout.write(jsonLine(found));
  const others = Object.entries(found.proxies).filter(([name]) => name !== found.instance);
  printLines([
    `${found.instance} runs revision ${found.revision}; the ledger is ${found.ledger}`,
    ...others.map(([name, one]) => `${name} ran revision ${one.revision ?? 'unknown'} at ${one.at}`),
  ]);
}

async function history(name: string, { config, json = false }: Flags): Promise<void> {
  const changes = await (await client(config)).get<readonly RouteChange[]>(
    `/routes/${encodeURIComponent(name)}/history`,
  );
  if (json) return void process.stdout.write(changes.map(jsonLine).join(''));
  const columns = [
    { title: 'REVISION', right: true },
    { title: 'TIME (UTC)' },
    { title: 'WHAT' },
    { title: 'BY' },
    { title: 'WHY' },
  ];
  const rows = changes.map((one) => [
    String(one.revision),
    one.at.slice(0, 19).replace('T', ' '),
    one.what,
    one.by,
    one.reason,
  ]);
  printLines(tableLines(columns, rows, lineWidth()));
}

async function set(name: string, flags: Flags): Promise<void> {
  const control = await client(flags.config);
  const known = await control
    .get<readonly RouteChange[]>(`/routes/${encodeURIComponent(name)}/history`)
    .catch((error: unknown) => {
      if (error instanceof NotFound) return [];
      throw error;
    });
  // A route that was removed begins anew.
  const before = known.find(({ what }) => what === 'set' || what === 'removed')?.definition;
  await send('PUT', name, undefined, flags, { definition: definitionFromFlags(flags, before) });
}

async function send(
  method: 'PUT' | 'POST',
  name: string,
  action: string | undefined,
  { config, json = false, why, by = userInfo().username }: Flags,
  body: object,
): Promise<void> {
  if (why === undefined) throw new Invalid('reason-missing', 'Say why, for the ledger: --why "<reason>".');
  const control = await client(config);
  const path = `/routes/${encodeURIComponent(name)}${action === undefined ? '' : `/${action}`}`;
  const answer = await control.send<{ readonly changed: boolean; readonly revision: number }>(method, path, {
    ...body,
    by,
    reason: why,
  });
  if (json) return void process.stdout.write(jsonLine(answer));
  const text = answer.changed ? 'changed' : 'stays as it was';
  printLines([`${name} ${text}; the proxy runs revision ${answer.revision}`]);
}

async function client(config: string | undefined): Promise<ReturnType<typeof controlClient>> {
  return controlClient(await loadConfig(config));
}
