/**
 * What a survey needs of a database: one session that answers queries. Whoever gives it bounds it: a time-out for statements, and nothing
 * that writes.
 */
export interface SurveyDatabase {
  /** Whether a pooler lends its sessions, so that nothing can be kept in one: then the log is not watched. */
  readonly isPooled?: boolean;
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Something that could not be had, and how to get it. */
export interface Missing {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}
