export { reportError } from './commands/report-error.ts';
export { Stopped } from './commands/signals.ts';
export type {
  AnyProjection,
  BanyanConfig,
  Figure,
  MigrationConfig,
  MigrationLimits,
  RouteToMove,
  ServiceConfig,
  SplitConfig,
  SplitLimits,
} from './config/config.ts';
export { defaultLimits, defineConfig } from './config/config.ts';
export { loadConfig } from './config/load-config.ts';
export type { Measure, StepEvidence } from './ledger/plan.ts';
export type { Check, Proof } from './ledger/proof.ts';
export { type MigrateOptions, migrate } from './migrate/migrate.ts';
export { openMigration } from './migrate/open-migration.ts';
export type { OnProgress, Progress } from './migrate/progress.ts';
export { rollBack } from './migrate/rollback.ts';
export { abortSplit } from './split/abort-split.ts';
export { type MovedTables, type MoveTablesOptions, moveTables, returnTables } from './split/move-tables.ts';
export { type OpenSplit, openSplit } from './split/open-split.ts';
export type { OnSplitProgress, SplitProgress } from './split/progress.ts';
export { runSplit } from './split/run-split.ts';
export { type OnSwitch, switchOwner } from './split/switch-owner.ts';
export { terminalReporter } from './terminal/terminal-reporter.ts';
