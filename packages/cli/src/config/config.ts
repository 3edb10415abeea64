import type { RebuildOptions } from '@banyan/postgres';
import type { RowTranslator } from '@banyan/runtime';
import type { Bridge, LoadLimits, Part, SeamChoices, SplitTable, Translators } from '@banyan/split';
import type { AnalysisSettings, ProxyLimits, Route, RouteHooks, Tracing } from '@banyan/strangler';
import type { RouteDefinition } from '../ledger/routes/route-definition.ts';

/** A route that a migration moves; its owner, candidate and mode are the migration's business. */
export type RouteToMove = Omit<Route, 'owner' | 'candidate' | 'mode'>;

/** One SQL query over the monolith's database that returns one number. */
export interface Figure {
  readonly name: string;
  readonly sql: string;
}

/** When a step may end, and when it must stop. */
export interface MigrationLimits {
  /** The feed counts as caught up when it is at most this far behind, in milliseconds. Default 2000. */
  readonly lagMs: number;
  /** How long one step may wait for its evidence, in milliseconds. Default 600000. */
  readonly stepTimeoutMs: number;
  /** Replies to compare per route before the first client is answered by the service. Default 50. */
  readonly shadowSamples: number;
  /** Shares of the clients, in per cent, one canary step each. Default 5, 25, 50, 100. */
  readonly canaryShares: readonly number[];
  /** Requests that the service must answer at each share. Default 100. */
  readonly canaryRequests: number;
  /** Shares out of `canaryShares` that wait until somebody approves of them. Default none. */
  readonly approvals: readonly number[];
  /** How often a step that met errors is tried again before everything is rolled back. Default 5. */
  readonly attempts: number;
}

/** The extraction of one capability. */
export interface MigrationConfig {
  /** The service that takes over: a key of `services`. */
  readonly service: string;
  /** The service's subscription to the monolith's change feed. Default: the migration's own name. */
  readonly subscription?: string;
  /** The monolith's tables that the service follows, as `schema.table`. */
  readonly tables: readonly string[];
  /** The service's tables that the translator writes, as `schema.table`. */
  readonly into: readonly string[];
  /** The same pure function that the service's subscription uses. */
  readonly translate: RowTranslator;
  /** The reads that move. */
  readonly routes: readonly RouteToMove[];
  readonly limits?: Partial<MigrationLimits>;
  /** What counts as worse than the monolith, and how sure one must be. */
  readonly analysis?: AnalysisSettings;
  /** Sums that are shown before and after. */
  readonly measures?: readonly Figure[];
  /** Sums that must be 0 at any time: the proof fails otherwise. */
  readonly invariants?: readonly Figure[];
}

/** Limits of a split. */
export interface SplitLimits {
  /** How long a feed may take to begin, in milliseconds: the server waits for transactions that are open. Default 30000. */
  readonly slotMs: number;
  /** A feed counts as caught up when a change arrives within this, in milliseconds. Default 2000. */
  readonly lagMs: number;
  /** A change of the owner that takes longer goes back by itself, in milliseconds. Default 5000. */
  readonly switchMs: number;
  /** How long a change of the owner waits for transactions that have written the tables, in milliseconds. Default 10000. */
  readonly drainMs: number;
  /** How long writes under way of the split's routes are waited for, once the proxies hold new ones, in milliseconds. Default 2000. */
  readonly settleMs: number;
  /** Rows from which on a table's keys and indexes at the target are made after its copy. Default 100000; 0 is all tables. */
  readonly indexesAfterRows: number;
  /**
   * Above which the copy pauses: sessions of clients that are at work at the source (default 50), how long it takes to answer a question
   * and how far its slowest standby is behind, in milliseconds (default 250 and 10000).
   */
  readonly load: LoadLimits;
  /** The share of the time for which comparing works while others are at work on the owner's server, from 0.01 to 1. Default 0.25. */
  readonly verifyShare: number;
  /** What happens to transactions that are open still after that: the change is given up, or they are ended. Default `wait`. */
  readonly openTransactions: 'wait' | 'end';
}

/** Tables that leave the monolith's database for the service's. They have the same names and shapes on both sides, where nothing reshapes them. */
export interface SplitConfig {
  /** The service that takes the tables over: a key of `services`, in whose database they arrive. */
  readonly service: string;
  /** The tables, as `schema.table`, or with the columns or the rows that move. */
  readonly tables: readonly (string | SplitTable)[];
  /**
   * `copy` where the service only ever has a copy of the tables, to read: they stay the monolith's, and are followed until
   * `banyan split abort`. Default: they move.
   */
  readonly keep?: 'copy';
  /** The service's role in its database, which must be able to write the tables after the cut-over. Default: not looked at. */
  readonly role?: string;
  /** Connection strings that the other side's server uses, where they differ from ours (another host name, a role of its own). */
  readonly reach?: {
    readonly source?: string;
    readonly target?: string;
    /** For the statements that come over the bridge; its role must be able to read and write the tables. Default `target`. */
    readonly bridge?: string;
  };
  /**
   * What is left to the monolith under the old names after a cut-over: a copy that can only be read, or foreign tables that reach the
   * service's tables, for which `banyan split seam` must have drawn the seam. Default `copy`.
   */
  readonly bridge?: Bridge;
  /** What becomes of everything that crosses the seam; `banyan split plan` names what has no answer yet. */
  readonly seam?: SeamChoices;
  /**
   * For `banyan split seam`: the schema of their own that the tables move to within the monolith's database, the service's role there,
   * and whether views are left under the old names (default true).
   */
  readonly stage?: { readonly schema: string; readonly role?: string; readonly views?: boolean };
  /**
   * For `banyan split part`: columns of a table that two contexts write become a table of their own within the monolith's database,
   * which is one of `tables`.
   */
  readonly part?: Omit<Part, 'name' | 'reach'>;
  /**
   * For rows that have another shape at the service: its tables, and the pure translators between the two. Without the one back there is no
   * way back after a cut-over.
   */
  readonly reshape?: Translators & {
    /** The service's tables, as `schema.table`. */
    readonly into: readonly string[];
    /** Sequences of the service, each with that of the monolith whose numbers it goes on with; both as `schema.sequence`. */
    readonly sequences?: Readonly<Record<string, string>>;
  };
  /** Routes that change sides with the tables, as one fact. */
  readonly routes?: readonly RouteToMove[];
  readonly limits?: Partial<SplitLimits>;
}

/** A projection of any contract. */
export type AnyProjection = RebuildOptions['projection'];

/** A service that may answer routes. */
export interface ServiceConfig {
  readonly url: string;
  readonly database: string;
  /** The projections in its database, for `banyan projection`. */
  readonly projections?: readonly AnyProjection[];
  /** Whether nothing that it does can be seen outside, so that writes may be copied to it. Default false. */
  readonly sandboxed?: boolean;
  /** Developers' own instances by key: `banyan-isolation: catalogue=ada`. */
  readonly instances?: Readonly<Record<string, { readonly url: string }>>;
}

/** Everything Banyan knows about a system. */
export interface BanyanConfig {
  /** Banyan's own database: the ledger lives there. */
  readonly ledger: { readonly database: string };
  readonly monolith: { readonly url: string; readonly database: string };
  readonly proxy: {
    readonly host?: string;
    readonly port: number;
    /** Processes that share the port, for several cores. Default 1. */
    readonly workers?: number;
    /** Files of a key and a certificate in PEM: the proxy then listens with TLS, and speaks HTTP/2 with those who can. */
    readonly tls?: { readonly key: string; readonly cert: string };
    /** File that gets a line of JSON for each request; `-` is standard output. Default none. */
    readonly accessLog?: string;
    /** Serves `/metrics`, `/healthz` and `/readyz`; of several workers, the second at the next port, and so on. Default nowhere. */
    readonly operations?: { readonly host?: string; readonly port: number };
    /** Makes a span of each request, such as `openTelemetryTracing(await import('@opentelemetry/api'))`. Default none. */
    readonly tracing?: Tracing;
    /** What differs from the limits of `docs/proxy.md`. */
    readonly limits?: Partial<ProxyLimits>;
    /** File in which the proxy keeps its last routes, for a start without the ledger. Default none. */
    readonly state?: string;
  };
  /** Where a proxy takes changes of its routes: on 127.0.0.1, from whoever has the token. Default nowhere. */
  readonly control?: { readonly port: number; readonly token: string };
  /** The code of routes, by their names: translators for candidates, and rules that turn requests into events. */
  readonly hooks?: Readonly<Record<string, RouteHooks>>;
  /**
   * Where events wait on disk (a folder) until they are in the log, and whose log it is; needed by rules for events. Default
   * the ledger's database.
   */
  readonly events?: { readonly spool: string; readonly database?: string; readonly maxBytes?: number };
  /** Routes that stand for themselves, by name. A change at run time holds until this changes. */
  readonly routes?: Readonly<Record<string, RouteDefinition>>;
  /** Where the status page listens. */
  readonly status?: { readonly host?: string; readonly port: number };
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly migrations: Readonly<Record<string, MigrationConfig>>;
  /** Tables that move, for `banyan split`. */
  readonly splits?: Readonly<Record<string, SplitConfig>>;
}

/** Types a `banyan.config.ts`; returns what it is given. */
export function defineConfig(config: BanyanConfig): BanyanConfig {
  return config;
}

/** What holds where a migration names no limits of its own. */
export const defaultLimits: MigrationLimits = {
  lagMs: 2_000,
  stepTimeoutMs: 600_000,
  shadowSamples: 50,
  canaryShares: [5, 25, 50, 100],
  canaryRequests: 100,
  approvals: [],
  attempts: 5,
};

/** What holds where a split names no limits of its own. */
export const defaultSplitLimits: SplitLimits = {
  slotMs: 30_000,
  indexesAfterRows: 100_000,
  verifyShare: 0.25,
  load: { sessions: 50, probeMs: 250, standbyLagMs: 10_000 },
  lagMs: 2_000,
  switchMs: 5_000,
  drainMs: 10_000,
  settleMs: 2_000,
  openTransactions: 'wait',
};
