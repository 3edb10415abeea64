import type { Evidence } from './graph.ts';

/** Something that a survey tells of the graph, of one kind of several. */
export interface Told<Kind extends string> {
  readonly kind: Kind;
  /** One sentence with the names. */
  readonly says: string;
  readonly contexts: readonly string[];
  readonly tables: readonly string[];
  readonly modules: readonly string[];
  readonly evidence: readonly Evidence[];
}
