import { type WordVector, wordVectors } from '../words/tf-idf.ts';
import { WeightedGraph } from './weighted-graph.ts';

/** Each module is tied to so many whose words are most like its own. */
const nearest = 8;
const leastLikeness = 0.1;
/** Of so many modules, a word that more than this have says next to nothing and would take most of the time. */
const many = 2_000;
const tooCommon = 800;

/** Modules whose words are alike. */
export function wordLayer(
  words: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ids: readonly string[],
): WeightedGraph {
  const vectors = wordVectors(ids.map((id) => words.get(id) ?? new Map()));
  const layer = new WeightedGraph(ids.length);
  const having = havingWord(vectors, ids.length > many ? tooCommon : ids.length);
  const likeness = new Float64Array(ids.length);
  const others = new Int32Array(ids.length);
  for (const [at, vector] of vectors.entries()) {
    let count = 0;
    for (const [word, weight] of vector) {
      const list = having.get(word);
      if (list === undefined) continue;
      const { modules, weights } = list;
      for (let each = 0; each < modules.length; each++) {
        const other = modules[each]!;
        if (likeness[other] === 0) others[count++] = other;
        likeness[other]! += weight * weights[each]!;
      }
    }
    const most = new Strongest();
    for (let each = 0; each < count; each++) {
      const other = others[each]!;
      if (other !== at && likeness[other]! >= leastLikeness) most.offer(other, likeness[other]!);
      likeness[other] = 0;
    }
    for (const [place, other] of most.nodes.entries()) layer.add(at, other, most.weights[place]! ** 2 / 2);
  }
  return layer;
}

/** The few strongest of many, kept in order without sorting all; of equals the lower number goes first. */
class Strongest {
  readonly nodes: number[] = [];
  readonly weights: number[] = [];

  offer(node: number, weight: number): void {
    let place = this.nodes.length;
    while (place > 0 && this.#isBefore(node, weight, place - 1)) place--;
    if (place === nearest) return;
    this.nodes.splice(place, 0, node);
    this.weights.splice(place, 0, weight);
    if (this.nodes.length <= nearest) return;
    this.nodes.pop();
    this.weights.pop();
  }

  #isBefore(node: number, weight: number, place: number): boolean {
    const other = this.weights[place]!;
    return weight > other || (weight === other && node < this.nodes[place]!);
  }
}

interface Having {
  readonly modules: Int32Array;
  readonly weights: Float64Array;
}

/** Which modules have a word, and how much it weighs there; those that more than so many have are left out. */
function havingWord(vectors: readonly WordVector[], most: number): Map<string, Having> {
  const lists = new Map<string, { readonly modules: number[]; readonly weights: number[] }>();
  for (const [at, vector] of vectors.entries())
    for (const [word, weight] of vector) {
      if (weight === 0) continue;
      const list = lists.get(word) ?? { modules: [], weights: [] };
      lists.set(word, list);
      if (list.modules.length > most) continue;
      list.modules.push(at);
      list.weights.push(weight);
    }
  return new Map(
    [...lists]
      .filter(([, { modules }]) => modules.length <= most)
      .map(([word, { modules, weights }]) => [
        word,
        { modules: Int32Array.from(modules), weights: Float64Array.from(weights) },
      ]),
  );
}
