import { serve, serviceApp } from '@banyan/http';
import { connect } from '@banyan/postgres';
import { health } from './health.ts';
import { followLists } from './lists/follow-lists.ts';
import { listRoutes } from './lists/list-routes.ts';
import { prepareCatalogue } from './prepare.ts';
import { readRoutes } from './reads/read-routes.ts';
import type { Settings } from './settings.ts';
import { followMonolith } from './subscription.ts';

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
    const app = serviceApp({ name: 'catalogue', health: () => health(pool, subscription) });
    app.route('/api', readRoutes(pool));
    app.route('/lists', listRoutes(pool));
    const serving = await serve(app, { port, host });
    const following = [followMonolith({ pool, monolithUrl, name: subscription }), followLists(pool)];
    const stop = async () => {
      await serving.stop();
      await Promise.all(following.map((one) => one.stop()));
      await pool.end();
    };
    return { url: serving.url, stop };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
