/** What the steps before a cut-over are called in the ledger, in order. */
export const splitSteps = ['prepared', 'following', 'verified'] as const;
