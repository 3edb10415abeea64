import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { CostliestFirst } from './scripts/costliest-first.ts';

// `import` must not be named here: vitest hands these to Node, where it would make `require` find ES modules.
const source = { conditions: ['banyan-source', 'node'], externalConditions: ['banyan-source', 'node'] };

export default defineConfig({
  resolve: { conditions: source.conditions },
  ssr: { resolve: source },
  test: {
    include: [
      'packages/**/*.test.ts',
      'examples/**/*.test.ts',
      'e2e/**/*.test.ts',
      'bench/harness/**/*.test.ts',
      'torture/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['packages/postgres/src/testing/global-setup.ts'],
    // A condition may take its time on a machine that is busy with other things.
    expect: { poll: { timeout: 20_000 } },
    // Where nobody is there to run it again; what needed it is told at the end.
    retry: Number(process.env.BANYAN_TEST_RETRY ?? 0),
    // No test measures itself by these: they end what hangs, also where four others share the machine.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests keep nothing in the folders of whoever runs them.
    env: { XDG_CACHE_HOME: path.join(import.meta.dirname, 'node_modules', '.cache') },
    pool: 'forks',
    // A process for every file takes longer to start than most files take to run. No module keeps state that a test could see.
    isolate: false,
    sequence: { sequencer: CostliestFirst },
    // The costly files wait for evidence half of the time: two processors have work for three.
    maxWorkers: 3,
    // The runner ends an idle worker in a way that ends the whole run where the machine is slow: so it keeps all.
    minWorkers: 3,
  },
});
