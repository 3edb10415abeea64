import { connect, toPostgresError } from '@banyan/postgres';
import type { BanyanConfig } from '../config/config.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { LedgerView } from '../ledger/ledger-view.ts';

/** Hears why it is not known which splits there are. */
export type OnUnknown = (why: string) => void;

/**
 * The splits that the ledger knows; none where there is no ledger yet, and none is made.
 * @param needed Whether it is an error where nobody can tell, for who is about to change something. Default false.
 * @param onUnknown Is told why nobody can tell, where that is no error.
 * @throws Unavailable where it is needed and can't be reached.
 */
export async function knownSplits(
  { ledger: { database } }: Pick<BanyanConfig, 'ledger'>,
  { needed = false, onUnknown }: { readonly needed?: boolean; readonly onUnknown?: OnUnknown } = {},
): Promise<LedgerView['splits']> {
  try {
    if (!(await isLedger(database))) return {};
  } catch (error) {
    if (needed) throw toPostgresError(error);
    onUnknown?.(toPostgresError(error).message);
    return {};
  }
  await using ledger = await openLedger(database);
  return ledger.view().splits;
}

/** Whether a database has been made a ledger, which planning neither needs nor does. */
async function isLedger(url: string): Promise<boolean> {
  const pool = connect(url, { max: 1, applicationName: 'banyan-split' });
  try {
    const { rows } = await pool.query(`select to_regclass('banyan.migrations') is not null as found`);
    return rows[0].found;
  } finally {
    await pool.end();
  }
}
