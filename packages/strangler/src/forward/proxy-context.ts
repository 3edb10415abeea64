import type { Socket } from 'node:net';
import type { Decorating } from '../events/decoration.ts';
import type { EvidenceCollector } from '../evidence/evidence-collector.ts';
import type { DurationCounts } from '../operations/duration-counts.ts';
import type { FinishedRequest } from '../operations/finished-request.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { ProxyLog } from '../proxy-log.ts';
import type { TotalsCounter } from '../proxy-totals.ts';
import type { Recorder } from '../record/recorder.ts';
import type { RouteHooks } from '../route-hooks.ts';
import type { Shadow } from '../shadow/shadow.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { Presentation } from './request-headers.ts';

/** What the requests of one proxy share. */
export interface ProxyContext {
  readonly limits: ProxyLimits;
  readonly log: ProxyLog;
  readonly totals: TotalsCounter;
  readonly evidence: EvidenceCollector;
  readonly shadow: Shadow;
  readonly durations: DurationCounts;
  /** Is told of every request that has ended. */
  readonly finished: ((request: FinishedRequest) => void) | undefined;
  readonly tracing: Tracing | undefined;
  readonly presentation: Presentation;
  readonly debugHeaders: boolean;
  /** The code of routes, by their names. */
  readonly hooks: Readonly<Record<string, RouteHooks>>;
  /** Where there are rules for events. */
  readonly decorating: Decorating | undefined;
  readonly recorder: Recorder;
  /** Connections of clients that were switched to another protocol. */
  readonly tunnels: Set<Socket>;
  /** Set once the proxy closes: replies then ask clients to close their connections. */
  draining: boolean;
}
