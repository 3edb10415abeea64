// Runs the tests of what speaks to PostgreSQL on the oldest version that is supported; npm test runs all on the newest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../compat/postgres-15/', import.meta.url));
const run = (command, args, options) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
};

const windows = process.platform === 'win32';
run(windows ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, shell: windows });
const wanted = process.argv.slice(2);
const { DATABASE_URL: _ignored, ...env } = process.env;
run(
  process.execPath,
  [
    'scripts/test.mjs',
    ...(wanted.length > 0
      ? wanted
      : [
          'packages/postgres',
          'packages/split',
          'packages/cli/src/split/switch-owner',
          'packages/cli/src/split/bridge',
        ]),
  ],
  { env: { ...env, BANYAN_TEST_BINARIES: folder } },
);
