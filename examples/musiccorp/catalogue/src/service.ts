import { serve, serviceApp } from '@banyan/http';
import { connect } from '@banyan/postgres';
import type { Subscription } from '@banyan/runtime';
import type pg from 'pg';
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
  let following: readonly Subscription[] = [];
  const close = async () => {
    await Promise.all(following.map((one) => one.stop()));
    await pool.end();
  };
  try {
    await prepareCatalogue(pool);
    const serving = await serve(application(pool, subscription), { port, host });
    following = [followMonolith({ pool, monolithUrl, name: subscription }), followLists(pool)];
    return { url: serving.url, stop: () => serving.stop().then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

function application(pool: pg.Pool, subscription: string): ReturnType<typeof serviceApp> {
  const app = serviceApp({ name: 'catalogue', health: () => health(pool, subscription) });
  app.route('/api', readRoutes(pool));
  app.route('/lists', listRoutes(pool));
  return app;
}
