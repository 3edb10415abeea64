import { connect, toPostgresError } from '@banyan/postgres';
import { Terminal, Unavailable } from '@banyan/runtime';
import { loadConfig, splitOf } from '../config/load-config.ts';

/** Errors that say what is wrong with an address, and not with which. */
const ofAddresses = [
  'postgres-unreachable',
  'postgres-wrong-password',
  'postgres-access-refused',
  'postgres-no-database',
];

/** A verb of a split that tells, where a database can't be used, which of the configuration's it is. */
export function namingUnreached<Flags extends { readonly config?: string }>(
  verb: (name: string, flags: Flags) => Promise<void>,
): (name: string, flags: Flags) => Promise<void> {
  return async (name, flags) => {
    try {
      await verb(name, flags);
    } catch (caught) {
      if (!ofAddresses.includes(toPostgresError(caught).code)) throw caught;
      throw (await unreached(name, flags.config)) ?? caught;
    }
  };
}

/** The first database that can't be used, asked anew, because what failed is only known by its connection. */
async function unreached(name: string, file: string | undefined): Promise<Error | undefined> {
  const config = await loadConfig(file);
  const { service } = splitOf(config, name);
  const places = {
    'ledger.database': config.ledger.database,
    'monolith.database': config.monolith.database,
    [`services.${service}.database`]: config.services[service]!.database,
  };
  for (const [place, url] of Object.entries(places)) {
    const pool = connect(url, { max: 1, applicationName: 'banyan-split' });
    try {
      await pool.query('select');
    } catch (caught) {
      const { code, message, retryable } = toPostgresError(caught);
      const Class = retryable ? Unavailable : Terminal;
      return new Class(code, `${place}: ${message}`, { cause: caught });
    } finally {
      await pool.end();
    }
  }
  return undefined;
}
