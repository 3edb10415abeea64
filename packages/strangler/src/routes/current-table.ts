import type { ProxyLog } from '../proxy-log.ts';
import { type CompiledTable, compileRouteTable } from './compile-route-table.ts';
import type { RouteTable } from './route.ts';
import { validateRouteTable } from './validate-route-table.ts';

/** Follows the source of tables; what it can't use it leaves, and the last good table goes on. */
export class CurrentTable {
  readonly #source: () => RouteTable;
  readonly #adopted: (table: RouteTable) => void;
  readonly #log: ProxyLog;
  #seen: RouteTable;
  #current: CompiledTable;

  /** @throws Invalid where the first table can't be used. */
  constructor(source: () => RouteTable, adopted: (table: RouteTable) => void, log: ProxyLog) {
    this.#source = source;
    this.#adopted = adopted;
    this.#log = log;
    this.#seen = source();
    validateRouteTable(this.#seen);
    this.#current = compileRouteTable(this.#seen);
    adopted(this.#seen);
  }

  /** The table for a request that begins now. */
  get(): CompiledTable {
    let table: RouteTable;
    try {
      table = this.#source();
    } catch (cause) {
      this.#refuse(cause);
      return this.#current;
    }
    if (table !== this.#seen) this.#take(table);
    return this.#current;
  }

  #take(table: RouteTable): void {
    this.#seen = table;
    try {
      validateRouteTable(table);
      this.#current = compileRouteTable(table);
    } catch (cause) {
      this.#refuse(cause);
      return;
    }
    this.#adopted(table);
    const message = `Routes of revision ${table.revision} are in effect.`;
    this.#log({ level: 'info', event: 'routes-changed', message });
  }

  #refuse(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `New routes can't be used; revision ${this.#current.table.revision} goes on. ${reason}`;
    this.#log({ level: 'error', event: 'routes-refused', message });
  }
}
