import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { TlsOptions } from 'node:tls';
import { Invalid } from '@banyan/runtime';
import { Front } from './client/front.ts';
import type { Decorating } from './events/decoration.ts';
import type { ObservedEventSink } from './events/event-rule.ts';
import { EventSpool, type SpoolOptions } from './events/event-spool.ts';
import type { EvidenceSink } from './evidence/evidence.ts';
import { EvidenceCollector } from './evidence/evidence-collector.ts';
import { EvidenceDelivery } from './evidence/evidence-delivery.ts';
import type { ProxyContext } from './forward/proxy-context.ts';
import { handleRequest, type Routing } from './handle-request.ts';
import { Holding } from './hold/holding.ts';
import { DurationCounts } from './operations/duration-counts.ts';
import type { FinishedRequest } from './operations/finished-request.ts';
import { metricsText } from './operations/metrics.ts';
import type { ProxyState } from './operations/proxy-state.ts';
import { defaultProxyLimits, type ProxyLimits } from './proxy-limits.ts';
import type { ProxyLog } from './proxy-log.ts';
import { type ProxyTotals, TotalsCounter } from './proxy-totals.ts';
import { Recorder } from './record/recorder.ts';
import type { RouteHooks } from './route-hooks.ts';
import { CurrentTable } from './routes/current-table.ts';
import type { RouteTable } from './routes/route.ts';
import { Shadow } from './shadow/shadow.ts';
import type { Tracing } from './tracing/tracing.ts';
import { Upstreams } from './upstream/upstreams.ts';

/** What a proxy is made from. */
export interface ProxyOptions {
  /**
   * The current table, asked for with every request, so it must be quick; a table is recognised by its identity. One
   * that is not valid is logged and left, and the one before goes on.
   */
  readonly routes: () => RouteTable;
  readonly sink: EvidenceSink;
  /** What differs from `defaultProxyLimits`. */
  readonly limits?: Partial<ProxyLimits>;
  readonly log?: ProxyLog;
  /** Name of this proxy in its evidence. */
  readonly instance?: string;
  /** Whether upstreams see the client's Host (default) or their own. */
  readonly host?: 'preserve' | 'upstream';
  /** Pseudonym in `Via`, or false for none. Default `banyan`. */
  readonly via?: string | false;
  /** Whether replies tell upstream, route and revision in `x-banyan-*` headers. Default false. */
  readonly debugHeaders?: boolean;
  /** Is told of every request that has ended: `AccessLog` writes it down. It must be quick. */
  readonly finished?: (request: FinishedRequest) => void;
  /** Makes spans; `openTelemetryTracing` does so by OpenTelemetry. Default none: the client's trace context is passed on as it is. */
  readonly tracing?: Tracing;
  /** Listens with TLS: key and certificate, as Node's `tls` takes them. Clients then may speak HTTP/2. */
  readonly tls?: TlsOptions;
  /** The code of routes, by their names: translators and rules for events. */
  readonly hooks?: Readonly<Record<string, RouteHooks>>;
  /** Where events wait on disk, and where they go; needed by rules for events. */
  readonly events?: SpoolOptions & { readonly sink: ObservedEventSink };
  /** A number in [0, 1) that decides samples. Default `Math.random`. */
  readonly random?: () => number;
  /** A key for a client that has none. Default a random UUID. */
  readonly newKey?: () => string;
}

/** A proxy in front of upstreams. */
export interface StranglerProxy extends AsyncDisposable {
  /** Starts to take requests; port 0 takes a free one. Rejects where the port can't be had. */
  listen(at: {
    readonly port: number;
    readonly host?: string;
  }): Promise<{ readonly url: string; readonly port: number }>;
  /** Takes no more requests, lets those under way end (`drainMs`), reports the last evidence and closes everything. */
  close(): Promise<void>;
  /** Counts since the proxy was created. */
  totals(): ProxyTotals;
  /** Whether requests are taken: it listens and does not close. */
  readonly ready: boolean;
  /** Takes a sample of the reads that pass, when it is told to. */
  readonly recorder: Pick<Recorder, 'start' | 'stop' | 'progress' | 'recording'>;
  /** Takes another key and certificate for connections to come; those that are there stay. */
  renewTls(tls: TlsOptions): void;
  /**
   * Whether it holds the writes of the routes that a change of their owner is about (the `id` of their hold), and those that it had
   * forwarded before have ended.
   */
  drained(hold: string): boolean;
  /** What it has done and does, to be added up with that of others. */
  state(): ProxyState;
  /** The same in the text format of Prometheus. */
  metrics(): string;
}

/**
 * Makes a proxy. Nothing listens yet.
 *
 * @throws Invalid (`route-table-invalid`) where the first table can't be used.
 */
export function createProxy(options: ProxyOptions): StranglerProxy {
  const limits = { ...defaultProxyLimits, ...options.limits };
  const log = options.log ?? (() => undefined);
  const totals = new TotalsCounter();
  const evidence = new EvidenceCollector(options.instance);
  const context: ProxyContext = {
    limits,
    log,
    totals,
    evidence,
    durations: new DurationCounts(),
    finished: options.finished,
    tracing: options.tracing,
    shadow: new Shadow(limits, evidence, totals),
    presentation: { host: options.host ?? 'preserve', via: options.via ?? 'banyan' },
    debugHeaders: options.debugHeaders ?? false,
    hooks: options.hooks ?? {},
    decorating: decoratingOf(options, limits, log),
    recorder: new Recorder(options.random),
    tunnels: new Set(),
    draining: false,
  };
  const upstreams = new Upstreams(limits, log);
  const table = new CurrentTable(options.routes, (adopted) => upstreams.adopt(adopted), log);
  const routing: Routing = {
    table,
    holding: new Holding(limits, totals, () => table.get()),
    upstreams,
    random: options.random ?? Math.random,
    newKey: options.newKey ?? randomUUID,
  };
  const delivery = new EvidenceDelivery(options.sink, limits.evidenceWindows, log);
  return new RunningProxy(context, { routing, delivery, tls: options.tls });
}

function decoratingOf(
  { hooks = {}, events }: ProxyOptions,
  { candidateBufferBytes: maxBytes }: ProxyLimits,
  log: ProxyLog,
): Decorating | undefined {
  const ruled = Object.entries(hooks).find(([, { event }]) => event !== undefined);
  if (events !== undefined) return { spool: new EventSpool(events, events.sink, log), maxBytes, log };
  if (ruled === undefined) return undefined;
  throw new Invalid(
    'events-nowhere',
    `The route "${ruled[0]}" has a rule for events, and there is no place for them: name a spool and a sink (\`events\`).`,
  );
}

class RunningProxy implements StranglerProxy {
  readonly #context: ProxyContext;
  readonly #routing: Routing;
  readonly #delivery: EvidenceDelivery;
  readonly #front: Front;
  readonly #secure: boolean;
  #reporting: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    context: ProxyContext,
    parts: {
      readonly routing: Routing;
      readonly delivery: EvidenceDelivery;
      readonly tls: TlsOptions | undefined;
    },
  ) {
    const { routing, delivery, tls } = parts;
    this.#context = context;
    this.#routing = routing;
    this.#delivery = delivery;
    this.#secure = tls !== undefined;
    this.#front = new Front(context, (stream) => handleRequest(context, routing, stream), tls);
  }

  async listen(at: { port: number; host?: string }): Promise<{ url: string; port: number }> {
    const host = at.host ?? '127.0.0.1';
    const port = await this.#front.listen(at.port, host);
    this.#reporting = setInterval(() => this.#report(), this.#context.limits.evidenceMs);
    return {
      url: `http${this.#secure ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${port}`,
      port,
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#drainAndClose();
    return this.#closed;
  }

  get recorder(): Recorder {
    return this.#context.recorder;
  }

  totals(): ProxyTotals {
    return this.#context.totals.snapshot();
  }

  get ready(): boolean {
    return this.#reporting !== undefined && !this.#context.draining;
  }

  renewTls(tls: TlsOptions): void {
    this.#front.renew(tls);
  }

  drained(hold: string): boolean {
    return this.#routing.holding.drained(hold);
  }

  state(): ProxyState {
    return {
      totals: this.totals(),
      durations: this.#context.durations.snapshot(),
      upstreams: this.#routing.upstreams.states(),
      clientConnections: this.#front.connections,
      heldRequests: this.#routing.holding.waiting,
      revisions: { [String(this.#routing.table.get().table.revision)]: 1 },
    };
  }

  metrics(): string {
    return metricsText(this.state());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #report(): void {
    const evidence = this.#context.evidence.close(new Date());
    if (evidence.length > 0) this.#delivery.push(evidence);
  }

  async #drainAndClose(): Promise<void> {
    this.#context.draining = true;
    this.#context.shadow.close();
    clearInterval(this.#reporting);
    const whole = await this.#front.drain(this.#context.limits.drainMs);
    if (whole) this.#routing.upstreams.close();
    else this.#routing.upstreams.destroy();
    this.#report();
    await this.#context.decorating?.spool[Symbol.asyncDispose]();
    // A sink that never answers must not keep the proxy from closing.
    await Promise.race([
      this.#delivery.flush(),
      wait(this.#context.limits.drainMs, undefined, { ref: false }),
    ]);
  }
}
