// Runs the tests and ends with a line that counts them, taken from the runner's own report.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

const report = 'test-report.json';
rmSync(report, { force: true });
const vitest = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  '--reporter=./scripts/report-flaky.mjs',
  `--outputFile.json=${report}`,
];
// Before the tests, because a worker that waits for it answers nobody, and the runner gives up on one that is silent for a minute.
const compile = "import { fromSource } from './scripts/compiled/from-source.ts'; fromSource('');";
spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', compile], {
  stdio: 'inherit',
});
const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], { stdio: 'inherit' });

let counts;
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.error('The test runner ended without a report.');
  process.exit(status || 1);
}
const {
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  numFailedTestSuites: suites,
} = counts;
if (failed === 0 && suites > 0) console.log(`${suites} test files could not be run`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(status ?? 1);
