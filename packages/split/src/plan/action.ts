import type { SideName } from './split-plan.ts';

/** What a step does: a statement on one side, or something that it waits for. What `--dry-run` prints is what is run. */
export type Action = Statement | { readonly wait: string };

/** A statement, and the side that it is for. */
export interface Statement {
  readonly on: SideName;
  readonly sql: string;
}

/** Statements of one side. */
export function statements(on: SideName, ...sql: readonly string[]): Statement[] {
  return sql.map((text) => ({ on, sql: text }));
}
