import { serve, serviceApp } from '@banyan/http';
import { connect } from '@banyan/postgres';
import { health } from './health.ts';
import { followLists } from './lists/follow-lists.ts';
import { listHandler, listRoutes } from './lists/list-routes.ts';
import { prepareCatalogue } from './prepare.ts';
import { readRoutes } from './reads/read-routes.ts';
import type { Settings } from './settings.ts';
import { followMonolith } from './subscription.ts';

/** How long requests under way may take when the service ends, in milliseconds. */
const drainMs = 5_000;

/** The service at work. */
export interface Service {
  readonly url: string;
  /** Answers what is under way, ends the subscriptions and closes the connections. */
  stop(): Promise<void>;
}

/** Prepares the database, follows the monolith and the lists, and serves. The monolith's database need not answer for it. */
export async function startService(settings: Settings): Promise<Service> {
  const { databaseUrl, monolithUrl, subscription, port, host } = settings;
  const pool = connect(databaseUrl, { max: 12, applicationName: 'musiccorp-catalogue' });
  try {
    await prepareCatalogue(pool);
    const handler = listHandler(pool);
    const app = serviceApp({ name: 'catalogue', health: () => health(pool, subscription) });
    app.route('/api', readRoutes(pool));
    app.route('/lists', listRoutes(pool, handler));
    const serving = await serve(app, { port, host, drainMs });
    const monolith = followMonolith({ pool, monolithUrl, name: subscription });
    const lists = followLists(pool);
    // Queries under way may still wait for the lists.
    const stopServing = async () => {
      await serving.stop();
      await lists.stop();
      // Snapshots are written beside the commands.
      await handler.flush();
    };
    const stop = async () => {
      await Promise.all([stopServing(), monolith.stop()]);
      await pool.end();
    };
    return { url: serving.url, stop };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
