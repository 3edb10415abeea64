import { connect, toPostgresError } from '@banyan/postgres';
import { type BanyanError, Invalid, Terminal } from '@banyan/runtime';
import type { Command } from 'commander';
import type { BanyanConfig } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';

type Pool = ReturnType<typeof connect>;

/** Which service's database to work on. */
export interface ServiceFlags {
  readonly database?: string;
  readonly config?: string;
  readonly service?: string;
  readonly schema?: string;
  readonly json?: boolean;
}

/** A service's database, connected. */
export interface OpenService extends AsyncDisposable {
  readonly pool: Pool;
  readonly schema: string;
}

/** Gives a verb the options that name a service's database. */
export function withServiceOptions(command: Command): Command {
  return command
    .option('-d, --database <url>', "the service's database (default: DATABASE_URL, or the configuration's)")
    .option('-c, --config <file>', 'the configuration (default: banyan.config.ts)')
    .option('-s, --service <name>', 'the service of the configuration, where it has several')
    .option('--schema <name>', "the schema of Banyan's tables", 'banyan')
    .option('--json', 'print JSON on stdout, everything else on stderr');
}

/**
 * Runs `work` on the service's database and closes it.
 * @throws Terminal `database-not-prepared` where Banyan's tables are missing or of an older release.
 */
export async function withService<Result>(
  flags: ServiceFlags,
  work: (service: OpenService) => Promise<Result>,
  { connections = 4 }: { readonly connections?: number } = {},
): Promise<Result> {
  const url = await databaseOf(flags);
  const schema = flags.schema ?? 'banyan';
  const pool = connect(url, { max: connections, applicationName: 'banyan-cli' });
  try {
    return await work({ pool, schema, [Symbol.asyncDispose]: () => pool.end() });
  } catch (caught) {
    throw notPrepared(caught, schema) ?? caught;
  } finally {
    await pool.end();
  }
}

async function databaseOf({ database, config, service }: ServiceFlags): Promise<string> {
  if (database !== undefined) return database;
  const given = process.env.DATABASE_URL;
  if (given !== undefined && given !== '' && config === undefined && service === undefined) return given;
  return databaseOfService(await loadConfig(config), service);
}

/** @throws Invalid `which-service` */
export function databaseOfService({ services }: Pick<BanyanConfig, 'services'>, name?: string): string {
  const names = Object.keys(services);
  const chosen = name ?? (names.length === 1 ? names[0]! : undefined);
  if (chosen !== undefined && Object.hasOwn(services, chosen)) return services[chosen]!.database;
  const wrong =
    name === undefined ? 'Say which service is meant' : `There is no service ${JSON.stringify(name)}`;
  throw new Invalid(
    'which-service',
    `${wrong} with --service (the configuration has: ${names.join(', ') || 'none'}), or give --database or DATABASE_URL.`,
  );
}

/** Undefined tables, columns and schemas. */
const missing = ['postgres-42P01', 'postgres-42703', 'postgres-3F000'];

function notPrepared(caught: unknown, schema: string): BanyanError | undefined {
  const error = toPostgresError(caught);
  if (!missing.includes(error.code)) return undefined;
  return new Terminal(
    'database-not-prepared',
    `The schema ${schema} of this database has no tables of Banyan, or those of an older release: start the service once, which prepares them, or name another with --database or --schema. (${error.message})`,
    { cause: caught },
  );
}
