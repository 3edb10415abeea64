import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { choosePort } from '@banyan/postgres/embedded';
import { Invalid } from '@banyan/runtime';
import type { StartArguments } from './arguments.ts';
import { type ProcessSpec, runningPid } from './processes.ts';
import { portOf, type Running, readRunning, shoppersReport } from './running.ts';
import { type DatabaseServer, databases } from './server.ts';

const example = path.resolve(import.meta.dirname, '..');
// The parts run as this does: from source, or compiled.
const extension = path.extname(import.meta.filename);
const flags = extension === '.ts' ? ['--import', 'tsx', '--conditions=banyan-source'] : [];
const cli = path.resolve(example, `../../packages/cli/src/main${extension}`);

/** The example's configuration. */
export const configFile = path.join(example, `banyan.config${extension}`);

/** The names of all processes, in the order in which they start; they end in the opposite order. */
export const processNames = ['monolith', 'catalogue', 'warehouse', 'proxy', 'status', 'shoppers'] as const;

type ProcessName = (typeof processNames)[number];

/** Those that an extraction needs. */
export function neededProcesses({ extract }: StartArguments): readonly ProcessName[] {
  const other = extract === 'warehouse' ? 'catalogue' : 'warehouse';
  return processNames.filter((name) => name !== other);
}

/** The proxy's port where nothing else is said; the other parts have the four after it. */
const defaultPort = 4000;

/**
 * Chooses where everything listens: where it did last time, else from `PORT` on, and elsewhere only if somebody else has the
 * port.
 */
export async function chooseAddresses(server: DatabaseServer): Promise<Running> {
  const last = readRunning();
  const first = firstPort(process.env.PORT);
  const address = async (name: ProcessName, before: string | undefined, wanted: number) => {
    if (before !== undefined && (await runningPid(name)) !== undefined) return before;
    return `http://127.0.0.1:${await choosePort([before === undefined ? undefined : portOf(before), wanted])}`;
  };
  return {
    monolith: {
      url: await address('monolith', last?.monolith.url, first + 1),
      database: server.url(databases.monolith),
    },
    catalogue: {
      url: await address('catalogue', last?.catalogue.url, first + 2),
      database: server.url(databases.catalogue),
    },
    warehouse: {
      url: await address('warehouse', last?.warehouse?.url, first + 4),
      database: server.url(databases.warehouse),
    },
    ledger: { database: server.url(databases.ledger) },
    proxy: { url: await address('proxy', last?.proxy.url, first) },
    status: { url: await address('status', last?.status.url, first + 3) },
    control: await controlOf(last),
  };
}

/** Any free port: nobody types it, the command line reads it from the configuration. */
async function controlOf(last: Running | undefined): Promise<NonNullable<Running['control']>> {
  const { control } = last ?? {};
  if (control !== undefined && (await runningPid('proxy')) !== undefined) return control;
  return { port: await choosePort([control?.port]), token: control?.token ?? randomUUID() };
}

function firstPort(text: string | undefined): number {
  if (text === undefined || text === '') return defaultPort;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_531) return port;
  throw new Invalid('port', `PORT is the first of five ports, a whole number from 1 to 65531, not ${text}.`);
}

/** How to start each part. */
export function processSpecs(
  running: Running,
  { seed, rate }: StartArguments,
): Record<ProcessName, ProcessSpec> {
  const { monolith, catalogue, warehouse, proxy, status } = running;
  const port = (url: string) => String(portOf(url));
  return {
    monolith: {
      name: 'monolith',
      args: [path.join(example, 'monolith/server.js')],
      env: { DATABASE_URL: monolith.database, PORT: port(monolith.url) },
      ready: `${monolith.url}/health`,
    },
    catalogue: {
      name: 'catalogue',
      args: [...flags, path.join(example, `catalogue/src/server${extension}`)],
      env: {
        DATABASE_URL: catalogue.database,
        MONOLITH_DATABASE_URL: monolith.database,
        PORT: port(catalogue.url),
      },
      ready: `${catalogue.url}/health/ready`,
    },
    warehouse: {
      name: 'warehouse',
      args: [...flags, path.join(example, `warehouse/server${extension}`)],
      env: {
        DATABASE_URL: warehouse?.database ?? '',
        PORT: warehouse === undefined ? '0' : port(warehouse.url),
      },
      ready: `${warehouse?.url}/health/ready`,
    },
    proxy: {
      name: 'proxy',
      args: [...flags, cli, 'proxy', '--config', configFile],
      env: {},
      ready: `${proxy.url}/health`,
    },
    status: {
      name: 'status',
      args: [...flags, cli, 'console', '--config', configFile],
      env: {},
      ready: status.url,
    },
    shoppers: {
      name: 'shoppers',
      args: [path.join(example, 'shoppers/shoppers.js')],
      env: { BASE_URL: proxy.url, SEED: String(seed), RATE: String(rate), REPORT: shoppersReport },
    },
  };
}
