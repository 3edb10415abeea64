import { compareJson } from '../compare/compare-json.ts';
import { pathRules } from '../compare/json-path.ts';
import type { EvidenceSink } from '../evidence/evidence.ts';
import { EvidenceCollector } from '../evidence/evidence-collector.ts';
import { EvidenceDelivery } from '../evidence/evidence-delivery.ts';
import type { EvidenceWindow } from '../evidence/evidence-window.ts';
import type { ProxyLog } from '../proxy-log.ts';
import { type CompiledRoute, compileRouteTable } from '../routes/compile-route-table.ts';
import { decide } from '../routes/decide.ts';
import type { CompareRules, RouteTable } from '../routes/route.ts';
import { stickyPlace } from '../routes/sticky.ts';

/** Copies that run at a time; further calls are not copied. */
const mostCopies = 16;
const windowMs = 1_000;
const mostWindows = 1_000;
const nothing = Symbol('nothing');

/** Two implementations of one internal function, and what decides between them. */
export interface CoexistOptions<Arguments extends readonly unknown[], Result> {
  /** Name of the route in the table; evidence is reported under it. */
  readonly route: string;
  /** The current table, as for a proxy: `mode`, `compare` and `fallback` of the route are heard, its match is not. */
  readonly routes: () => RouteTable;
  readonly sink: EvidenceSink;
  /** The implementation that owns the function. */
  readonly old: (...args: Arguments) => Result | Promise<Result>;
  /** The one that is tried. */
  readonly new: (...args: Arguments) => Result | Promise<Result>;
  /** What keeps a caller on one side while the share grows, such as the customer's id. Default: by chance. */
  readonly keyOf?: (...args: Arguments) => string;
  /** Whether the function only reads: then both may run. Default true; otherwise only one ever does. */
  readonly read?: boolean;
  readonly log?: ProxyLog;
  /** A number in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}

/** The function to call instead, with what must be closed in the end. */
export interface Coexisting<Arguments extends readonly unknown[], Result> extends AsyncDisposable {
  readonly call: (...args: Arguments) => Promise<Result>;
  /** Reports what was seen so far. */
  flush(): Promise<void>;
}

/**
 * Branch by abstraction: lets two implementations of one internal function live side by side. By the mode of a route in the
 * table the old one answers, or both run and their results are compared as JSON, or the new one answers a sticky share of
 * the callers, with the old one as its fallback. What is seen goes to the same sink as a proxy's.
 *
 * @throws TypeError where the table has no such route; the new implementation's error reaches the caller only where there
 *   is no fallback.
 */
export function coexist<Arguments extends readonly unknown[], Result>(
  options: CoexistOptions<Arguments, Result>,
): Coexisting<Arguments, Result> {
  return new Pair(options);
}

class Pair<Arguments extends readonly unknown[], Result> implements Coexisting<Arguments, Result> {
  readonly call: (...args: Arguments) => Promise<Result>;
  readonly #options: CoexistOptions<Arguments, Result>;
  readonly #evidence = new EvidenceCollector(undefined);
  readonly #delivery: EvidenceDelivery;
  readonly #timer: NodeJS.Timeout;
  readonly #copies = new Set<Promise<void>>();

  constructor(options: CoexistOptions<Arguments, Result>) {
    this.#options = options;
    this.#route();
    this.#delivery = new EvidenceDelivery(options.sink, mostWindows, options.log ?? (() => undefined));
    this.#timer = setInterval(() => this.#report(), windowMs).unref();
    this.call = (...args) => this.#answer(args);
  }

  async flush(): Promise<void> {
    await Promise.all(this.#copies);
    this.#report();
    await this.#delivery.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #answer(args: Arguments): Promise<Result> {
    const { keyOf, read = true, random = Math.random } = this.#options;
    const compiled = this.#route();
    const place = keyOf === undefined ? random() : stickyPlace(keyOf(...args));
    const decision = decide(compiled.route, { place, sample: random() }, { read });
    if (decision.side === 'owner') {
      const result = await this.#old(compiled, args);
      if (decision.shadow) this.#compare(compiled, () => [result, this.#copy(compiled, args)]);
      return result;
    }
    try {
      const result = await this.#timed(() => this.#options.new(...args), this.#window(compiled).candidate);
      // How long the old one takes here is no measure: nobody waits for it.
      if (decision.shadow) this.#compare(compiled, () => [this.#mirror(args), result]);
      return result;
    } catch (error) {
      if (!decision.fallback) throw error;
      this.#window(compiled).fallbacks++;
      return this.#old(compiled, args);
    }
  }

  #old(compiled: CompiledRoute, args: Arguments): Promise<Result> {
    return this.#timed(() => this.#options.old(...args), this.#window(compiled).owner);
  }

  #copy(compiled: CompiledRoute, args: Arguments): Promise<Result> {
    return this.#timed(() => this.#options.new(...args), this.#window(compiled).copies);
  }

  /** `nothing` where the old one fails: then nothing can be said of the new one. */
  async #mirror(args: Arguments): Promise<Result | typeof nothing> {
    try {
      return await this.#options.old(...args);
    } catch {
      return nothing;
    }
  }

  /** Runs the implementation that has not answered as well, after the caller has the result, and compares. */
  #compare(
    compiled: CompiledRoute,
    run: () => readonly [old: Result | Promise<Result | typeof nothing>, new: Result | Promise<Result>],
  ): void {
    if (this.#copies.size >= mostCopies) {
      this.#window(compiled).shadowed('dropped');
      return;
    }
    const comparing = Promise.all(run())
      .then(
        ([expected, result]) => {
          if (expected === nothing) return this.#window(compiled).shadowed('dropped');
          const found = differences(expected, result, compiled.route.compare);
          const outcome = found.length === 0 ? 'equal' : 'different';
          this.#window(compiled).shadowed(outcome, 'CALL', this.#options.route, found);
        },
        () => this.#window(compiled).shadowed('failed'),
      )
      .finally(() => this.#copies.delete(comparing));
    this.#copies.add(comparing);
  }

  async #timed(run: () => Result | Promise<Result>, side: EvidenceWindow['owner']): Promise<Result> {
    const startedAt = performance.now();
    try {
      const result = await run();
      side.add(performance.now() - startedAt, false);
      return result;
    } catch (error) {
      side.add(performance.now() - startedAt, true);
      throw error;
    }
  }

  #route(): CompiledRoute {
    const { routes, route } = this.#options;
    const found = compileRouteTable(routes()).routes.find((one) => one.route.name === route);
    if (found !== undefined) return found;
    throw new TypeError(
      `There is no route ${JSON.stringify(route)} in the table: set it, or correct its name.`,
    );
  }

  #window(compiled: CompiledRoute): EvidenceWindow {
    return this.#evidence.window(compiled);
  }

  #report(): void {
    const evidence = this.#evidence.close(new Date());
    if (evidence.length > 0) this.#delivery.push(evidence);
  }
}

/** Results are compared as what they would be in JSON. */
function differences(expected: unknown, result: unknown, { ignore, sets, tolerance }: CompareRules = {}) {
  const rules = pathRules({ ignore: ignore ?? [], sets: sets ?? [], tolerance: tolerance ?? {} });
  return compareJson(asJson(expected), asJson(result), { rules });
}

function asJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}
