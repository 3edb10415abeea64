import type { CompiledRoute } from '../routes/compile-route-table.ts';
import type { Evidence } from './evidence.ts';
import { EvidenceWindow } from './evidence-window.ts';

/** Keeps one open window per route and revision; closing it yields what there is to report. */
export class EvidenceCollector {
  readonly #instance: string | undefined;
  #windows = new Map<CompiledRoute, EvidenceWindow>();
  #from = new Date();

  constructor(instance: string | undefined) {
    this.#instance = instance;
  }

  /** The open window of a route. Ask again for every entry: windows close about every second. */
  window(route: CompiledRoute): EvidenceWindow {
    let window = this.#windows.get(route);
    if (window === undefined) {
      window = new EvidenceWindow();
      this.#windows.set(route, window);
    }
    return window;
  }

  /** Closes all windows; only routes with traffic are in the result. */
  close(to: Date): Evidence[] {
    const closed = this.#windows;
    const from = this.#from;
    this.#windows = new Map();
    this.#from = to;
    return [...closed].map(([route, window]) => window.report(route, from, to, this.#instance));
  }
}
