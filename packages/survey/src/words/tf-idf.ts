/** Sparse, of length 1. */
export type WordVector = ReadonlyMap<string, number>;

/**
 * Weighs words by how few modules have them: tf-idf, G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval",
 * 1988; over identifiers as in A. Kuhn, S. Ducasse and T. Gîrba, "Semantic clustering", IST 49(3), 2007. A word of one module alone
 * ties it to nothing and is left out.
 */
export function wordVectors(documents: readonly ReadonlyMap<string, number>[]): WordVector[] {
  const having = new Map<string, number>();
  for (const document of documents)
    for (const word of document.keys()) having.set(word, (having.get(word) ?? 0) + 1);
  return documents.map((document) => {
    const vector = new Map<string, number>();
    for (const [word, weight] of document) {
      const others = having.get(word)!;
      if (others > 1) vector.set(word, Math.sqrt(weight) * Math.log(documents.length / others));
    }
    const length = Math.sqrt([...vector.values()].reduce((sum, each) => sum + each * each, 0));
    if (length > 0) for (const [word, weight] of vector) vector.set(word, weight / length);
    return vector;
  });
}
