import type { BanyanConfig } from '../config/config.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { RouteChanges } from '../ledger/routes/change-routes.ts';

/**
 * Writes the routes of the configuration into the ledger where the configuration has changed since it was last heard; what
 * was changed at run time since then stays as it is.
 */
export async function takeConfiguredRoutes(config: BanyanConfig, ledger: Ledger): Promise<void> {
  const changes = new RouteChanges(config, ledger);
  const routes = config.routes ?? {};
  const said = () => ({
    by: 'configuration',
    reason: 'the configuration file',
    at: new Date().toISOString(),
  });
  for (const [name, definition] of Object.entries(routes)) await changes.set(name, definition, said(), true);
  for (const { name, configured } of Object.values(ledger.view().routes)) {
    const gone = configured !== undefined && configured !== 'removed' && !Object.hasOwn(routes, name);
    if (gone) await ledger.executeRoute(name, 'Remove', { configured: true, ...said() });
  }
}
