import { connect, postgresCheckpointStore, prepareDatabase } from '@banyan/postgres';
import { type BanyanConfig, defaultLimits } from '../config/config.ts';
import { migrationOf } from '../config/load-config.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { lockMigration } from './lock-migration.ts';
import type { StepContext } from './step.ts';

/** A migration with everything it works on: nobody else works on it while it is open. */
export interface OpenMigration
  extends AsyncDisposable,
    Pick<StepContext, 'name' | 'config' | 'migration' | 'limits'> {
  readonly ledger: Ledger;
  readonly monolith: StepContext['monolith'];
  readonly checkpoints: StepContext['checkpoints'];
  readonly subscription: string;
}

/**
 * Connects to the ledger, the monolith's database and the service's, and locks the migration.
 * @throws Unavailable when one can't be reached, or when another process works on this migration.
 */
export async function openMigration(config: BanyanConfig, name: string): Promise<OpenMigration> {
  const migration = migrationOf(config, name);
  const opened: (() => PromiseLike<void>)[] = [];
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one();
  };
  try {
    const ledger = await openLedger(config.ledger.database);
    opened.push(() => ledger[Symbol.asyncDispose]());
    const lock = await lockMigration(config.ledger.database, name);
    opened.push(() => lock[Symbol.asyncDispose]());
    const monolith = connect(config.monolith.database, { max: 4, applicationName: 'banyan-migrate' });
    opened.push(() => monolith.end());
    const service = connect(config.services[migration.service]!.database, {
      max: 4,
      applicationName: 'banyan-migrate',
    });
    opened.push(() => service.end());
    await prepareDatabase(service);
    return {
      name,
      config,
      migration,
      limits: { ...defaultLimits, ...migration.limits },
      ledger,
      monolith,
      checkpoints: postgresCheckpointStore(service),
      subscription: migration.subscription ?? name,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
