import type { SyntaxNode } from './syntax-node.ts';

export interface TreeMeasure {
  /** Places that the parser could not make sense of. */
  readonly syntaxErrors: number;
  /**
   * How hard the code is to follow: each branch and loop counts one, and one more for each branch and loop around it, as in G. A. Campbell,
   * "Cognitive Complexity", TechDebt 2018, as far as a tree alone tells.
   */
  readonly complexity: number;
}

/** What grammars call branches, loops and what catches errors. */
const branch =
  /^(if|elif|elsif|unless|for|foreach|for_in|enhanced_for|for_each|range|while|until|do|switch|match|case|select|communication|expression_switch|type_switch|catch|except|rescue|conditional|ternary|list_comprehension)(_(statement|expression|clause|modifier|block|case|match|in))?$/;
/** They are cases of the branch around them, or hold its parts. */
const noBranch =
  /^(switch_case|case_clause|communication_case|expression_case|type_case|case_statement|match_block|switch_block|do_block)$/;

/** Measures a tree in one walk, however deep it is. */
export function measureTree(root: SyntaxNode): TreeMeasure {
  let syntaxErrors = 0;
  let complexity = 0;
  const kinds = new Map<string, boolean>();
  const open: { node: SyntaxNode; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (node.type === 'ERROR') syntaxErrors++;
    const isKnown = kinds.get(node.type);
    const kind = isKnown ?? (branch.test(node.type) && !noBranch.test(node.type));
    if (isKnown === undefined) kinds.set(node.type, kind);
    // The word alone is a leaf.
    const isBranch = kind && node.children.length > 0;
    if (isBranch) complexity += 1 + depth;
    for (const child of node.children) open.push({ node: child, depth: isBranch ? depth + 1 : depth });
  }
  return { syntaxErrors, complexity };
}
