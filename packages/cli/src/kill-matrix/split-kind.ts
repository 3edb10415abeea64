/** What kind of split is tried: as it is, with a bridge, with rows that have another shape at the target, one that only keeps a copy, or events in place of rows. */
export type SplitKind = 'plain' | 'bridge' | 'reshaped' | 'copy' | 'events';
