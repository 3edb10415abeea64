import { defineConfig } from 'banyan';
import { into, subscription, tables, translate } from 'musiccorp-catalogue';
import { invariants } from './monolith/invariants.js';
import { measures } from './monolith/measures.js';
import { keptRoutes, portOf, readRunning } from './src/running.ts';
import { warehouseSplit } from './warehouse/split.ts';

const running = readRunning();
if (running === undefined) throw new Error('MusicCorp does not run yet: start it with npm start.');

const requests = Number(process.env.MUSICCORP_CANARY_REQUESTS ?? 40);
// What a newcomer waits for: 300 replies without a difference show that fewer than 1 in 100 differ.
const differences = Number(process.env.MUSICCORP_DIFFERENCE_LIMIT ?? 0.01);

export default defineConfig({
  ledger: running.ledger,
  monolith: running.monolith,
  proxy: { port: portOf(running.proxy.url), state: keptRoutes },
  ...(running.control === undefined ? {} : { control: running.control }),
  status: { port: portOf(running.status.url) },
  services: {
    catalogue: running.catalogue,
    ...(running.warehouse === undefined ? {} : { warehouse: running.warehouse }),
  },
  ...(running.warehouse === undefined ? {} : { splits: { warehouse: warehouseSplit } }),
  migrations: {
    catalogue: {
      service: 'catalogue',
      subscription,
      tables,
      into,
      translate,
      routes: [
        { name: 'items', match: { path: '/api/items' } },
        { name: 'item', match: { path: '/api/items/:id' } },
        { name: 'search', match: { path: '/api/search' } },
        { name: 'genres', match: { path: '/api/genres' } },
        { name: 'artist', match: { path: '/api/artists/:id' } },
      ],
      // All parts share one machine here, and the service has just been started: a few slow replies say nothing of it.
      analysis: { latency: { factor: 3, slackMs: 500 }, differences: { limit: differences } },
      limits: { shadowSamples: Number(process.env.MUSICCORP_SHADOW_SAMPLES ?? 30), canaryRequests: requests },
      measures,
      invariants,
    },
  },
});
