import { defineConfig } from 'vitest/config';

const resolveSource = { conditions: ['banyan-source', 'node', 'import', 'default'] };

export default defineConfig({
  resolve: resolveSource,
  ssr: { resolve: { ...resolveSource, externalConditions: ['banyan-source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/**/*.test.ts', 'examples/**/*.test.ts', 'e2e/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    minWorkers: 1,
  },
});
