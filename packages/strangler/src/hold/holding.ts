import type { Exchange } from '../forward/exchange.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { TotalsCounter } from '../proxy-totals.ts';
import type { CompiledTable } from '../routes/compile-route-table.ts';
import type { Route, RouteHold } from '../routes/route.ts';
import { UpstreamFailure } from '../upstream/failure.ts';

/** A write that waits until its route has its new owner. */
interface Held {
  readonly exchange: Exchange;
  readonly route: Route;
  readonly bytes: number;
  readonly since: number;
  readonly again: () => void;
}

/** How often it is looked whether the ones that wait may go on. */
const lookEveryMs = 5;

/**
 * Holds writes of routes whose owner is being changed, and knows which writes of a route are under way. What waits has not been
 * sent to anybody; its body stays with the client, unless it was read to find the route.
 */
export class Holding {
  readonly #limits: ProxyLimits;
  readonly #totals: TotalsCounter;
  readonly #current: () => CompiledTable;
  readonly #waiting = new Set<Held>();
  readonly #underWay = new Map<string, number>();
  /** When each hold was seen first. */
  readonly #begun = new Map<string, number>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: ProxyLimits, totals: TotalsCounter, current: () => CompiledTable) {
    this.#limits = limits;
    this.#totals = totals;
    this.#current = current;
  }

  /** How many wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Makes a write wait where its route says so, or answers it 503 where too many do already.
   * @param again Routes it anew.
   * @returns Whether it was seen to; if not, it is to be forwarded now.
   */
  take(exchange: Exchange, route: Route, again: () => void): boolean {
    if (route.hold === undefined || this.#hasLapsed(route.hold)) return false;
    const bytes = bytesOf(exchange);
    const { heldRequests, heldBytes } = this.#limits;
    if (this.#waiting.size >= heldRequests) this.#refuse(exchange, route, 'heldRequests');
    else if (this.#bytes + bytes > heldBytes) this.#refuse(exchange, route, 'heldBytes');
    else this.#hold({ exchange, route, bytes, since: this.#sinceOf(exchange), again });
    return true;
  }

  /** Counts a write that is forwarded, until it has ended. */
  forwards(exchange: Exchange, { name }: Route): void {
    this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + 1);
    exchange.left = () => {
      const others = this.#underWay.get(name)! - 1;
      if (others === 0) this.#underWay.delete(name);
      else this.#underWay.set(name, others);
    };
  }

  /** Whether a hold is in effect and every write of its routes that was forwarded before has ended. */
  drained(id: string): boolean {
    const held = this.#current().routes.filter(({ route }) => route.hold?.id === id);
    for (const { route } of held) this.#hasLapsed(route.hold!);
    return held.length > 0 && held.every(({ route }) => !this.#underWay.has(route.name));
  }

  #sinceOf(exchange: Exchange): number {
    if (exchange.heldSince === undefined) {
      exchange.heldSince = performance.now();
      this.#totals.count('held');
    }
    return exchange.heldSince;
  }

  #hold(held: Held): void {
    this.#waiting.add(held);
    this.#bytes += held.bytes;
    held.exchange.cancel = () => {
      this.#leave(held);
      this.#totals.count('clientAborts');
    };
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
  }

  #leave(held: Held): void {
    if (!this.#waiting.delete(held)) return;
    this.#bytes -= held.bytes;
    held.exchange.cancel = undefined;
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const { routes } = this.#current();
    const holds = new Map(routes.map(({ route }) => [route.name, route.hold]));
    const now = performance.now();
    for (const held of [...this.#waiting]) {
      const hold = holds.get(held.route.name);
      if (hold === undefined || this.#hasLapsed(hold)) {
        this.#leave(held);
        held.again();
      } else if (now - held.since >= this.#limits.heldMs) {
        this.#leave(held);
        this.#refuse(held.exchange, held.route, 'heldMs');
      }
    }
  }

  /** Measured from when this proxy saw it: clocks of several machines differ, and whoever was to end it may be dead. */
  #hasLapsed({ id, forMs }: RouteHold): boolean {
    const now = performance.now();
    const begun = this.#begun.get(id);
    if (begun !== undefined) return now - begun >= forMs;
    const { routes } = this.#current();
    for (const known of this.#begun.keys())
      if (!routes.some(({ route }) => route.hold?.id === known)) this.#begun.delete(known);
    this.#begun.set(id, now);
    return false;
  }

  #refuse(exchange: Exchange, { name, owner }: Route, limit: 'heldRequests' | 'heldBytes' | 'heldMs'): void {
    this.#totals.count('heldRefused');
    const why =
      limit === 'heldMs'
        ? 'this takes longer than a request is made to wait'
        : 'as much waits for that already as may';
    const message = `The route "${name}" is being given to another owner, and ${why} (limit \`${limit}\`). Try again later.`;
    exchange.problem(new UpstreamFailure('overloaded', message), owner);
  }
}

function bytesOf({ headers, target, body }: Exchange): number {
  const head = headers.reduce((sum, text) => sum + text.length, target.url.length);
  return head + (Buffer.isBuffer(body) ? body.length : 0);
}
