import type { UpstreamState } from '../operations/proxy-state.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { ProxyLog } from '../proxy-log.ts';
import type { RouteTable } from '../routes/route.ts';
import { Breaker } from './breaker.ts';
import { Upstream } from './upstream.ts';

const retireMs = 15_000;

/** The upstreams of the current table and, until they are idle, those of tables before it. */
export class Upstreams {
  readonly #limits: ProxyLimits;
  readonly #log: ProxyLog;
  readonly #open = new Map<string, Upstream>();
  #retireTimer: NodeJS.Timeout | undefined;
  #wanted = new Set<string>();
  #table: RouteTable | undefined;
  #byName = new Map<string, Upstream>();

  constructor(limits: ProxyLimits, log: ProxyLog) {
    this.#limits = limits;
    this.#log = log;
  }

  /** The upstream of a name at an origin. The same origin under the same name keeps its connections over tables. */
  get(table: RouteTable, service: string, instance?: string): Upstream {
    const name = instance === undefined ? service : instanceName(service, instance);
    const known = table === this.#table ? this.#byName.get(name) : undefined;
    if (known !== undefined) return known;
    const named = table.upstreams[service]!;
    const { url } = instance === undefined ? named : named.instances![instance]!;
    const key = keyOf(name, url);
    let upstream = this.#open.get(key);
    if (upstream === undefined) {
      upstream = new Upstream(name, url, this.#limits, {
        breaker: this.#breaker(name),
        guard: this.#guard(name),
      });
      this.#open.set(key, upstream);
    }
    if (table === this.#table) this.#byName.set(name, upstream);
    return upstream;
  }

  /** Retires what the table no longer names, some time after its last request can have been decided. */
  adopt(table: RouteTable): void {
    this.#table = table;
    this.#byName = new Map();
    this.#wanted = new Set(wantedKeys(table));
    clearTimeout(this.#retireTimer);
    if ([...this.#open.keys()].every((key) => this.#wanted.has(key))) return;
    this.#retireTimer = setTimeout(() => this.#retire(), retireMs).unref();
  }

  /** Closes all connections when what is under way has ended. */
  close(): void {
    clearTimeout(this.#retireTimer);
    for (const upstream of this.#open.values()) upstream.close();
  }

  /** Breaks off whatever is under way. */
  destroy(): void {
    clearTimeout(this.#retireTimer);
    for (const upstream of this.#open.values()) upstream.destroy();
  }

  #retire(): void {
    let busy = false;
    for (const [key, upstream] of this.#open) {
      if (this.#wanted.has(key)) continue;
      if (upstream.idle) {
        this.#open.delete(key);
        upstream.close();
      } else busy = true;
    }
    if (busy) this.#retireTimer = setTimeout(() => this.#retire(), retireMs).unref();
  }

  /** What each does at the moment. */
  states(): UpstreamState[] {
    return [...this.#open.values()].map(({ state }) => state);
  }

  #guard(name: string): Breaker {
    const { guardFailures, guardMs } = this.#limits;
    return new Breaker(guardFailures, guardMs, (open) =>
      this.#log(
        open
          ? {
              level: 'error',
              event: 'upstream-down',
              message: `The upstream "${name}" failed ${guardFailures} times in a row; requests are answered 503 for ${guardMs} ms at a time (limits \`guardFailures\`, \`guardMs\`).`,
            }
          : { level: 'info', event: 'upstream-up', message: `The upstream "${name}" answers again.` },
      ),
    );
  }

  #breaker(name: string): Breaker {
    const { breakerFailures, breakerMs } = this.#limits;
    return new Breaker(breakerFailures, breakerMs, (open) =>
      this.#log(
        open
          ? {
              level: 'warn',
              event: 'breaker-open',
              message: `The candidate "${name}" failed ${breakerFailures} times in a row; its owners answer for ${breakerMs} ms at a time.`,
            }
          : { level: 'info', event: 'breaker-closed', message: `The candidate "${name}" answers again.` },
      ),
    );
  }
}

function* wantedKeys({ upstreams }: RouteTable): Generator<string> {
  for (const [name, { url, instances = {} }] of Object.entries(upstreams)) {
    yield keyOf(name, url);
    for (const [key, instance] of Object.entries(instances)) {
      yield keyOf(instanceName(name, key), instance.url);
    }
  }
}

function instanceName(service: string, instance: string): string {
  return `${service}=${instance}`;
}

function keyOf(name: string, url: string): string {
  return `${name} ${url}`;
}
