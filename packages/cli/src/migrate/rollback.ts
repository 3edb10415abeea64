import { dropChangeFeed } from '@banyan/postgres';
import type { OpenMigration } from './open-migration.ts';
import type { OnProgress } from './progress.ts';

/**
 * Puts the reads back to the monolith and takes down the feed: traffic first, then the subscription, then what was made on
 * the monolith's server. Each part may be repeated, so an interrupted rollback is completed by running it again.
 * @returns Whether there was anything to put back.
 */
export async function rollBack(
  open: OpenMigration,
  reason: string,
  onProgress: OnProgress,
): Promise<boolean> {
  const { ledger, name, checkpoints, subscription, monolith } = open;
  const before = ledger.migration(name);
  if (before === undefined || before.status === 'new') return false;
  const wasBack = before.status === 'rolled-back';
  await ledger.execute(name, 'RollBack', { reason });
  await checkpoints.control(subscription, { desired: 'stopped', holdAt: null });
  await dropChangeFeed(monolith, subscription);
  await checkpoints.reset(subscription, async () => undefined);
  if (!wasBack) onProgress({ kind: 'rolled-back', reason });
  return !wasBack;
}
