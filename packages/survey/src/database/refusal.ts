import type { Missing } from './database.ts';

/** SQLSTATEs, because a server's sentences may be in any language. */
export const sqlstate = {
  noRight: '42501',
  tookTooLong: '57014',
  noLock: '55P03',
  notPrepared: '55000',
  notSupported: '0A000',
  limitReached: '53400',
  noFile: '58P01',
  noTable: '42P01',
} as const;

const remedies: Readonly<Record<string, string>> = {
  [sqlstate.noRight]: 'survey as a role that has the right, or have the owner of the database grant it',
  [sqlstate.tookTooLong]: 'survey again when the server is less busy',
  [sqlstate.noLock]: 'survey again when nobody holds a lock on its tables, such as a migration',
};

/** The SQLSTATE of what a server has refused; empty where the session itself is gone. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** What could not be had because the server refused it, and how to get it. */
export function refusal(what: string, error: unknown, remedy?: string): Missing {
  const why = error instanceof Error ? error.message : String(error);
  return { what, why, remedy: remedy ?? remedies[codeOf(error)] ?? 'survey again when the server answers' };
}
