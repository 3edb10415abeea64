/** What kind of split is tried: as it is, with a bridge, with rows that have another shape at the target, or one that only keeps a copy. */
export type SplitKind = 'plain' | 'bridge' | 'reshaped' | 'copy';
