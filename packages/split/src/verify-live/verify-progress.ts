/** How far a comparison is. */
export interface VerifyProgress {
  readonly compared: number;
  /** Those of them that an earlier comparison, which was interrupted, had found equal. */
  readonly resumed: number;
  /** What the owner's statistics say that there is. */
  readonly totalRows: number;
}

/** The comparison as one sentence, with the time that is left at the speed so far. Pure. */
export function describeVerify({ compared, resumed, totalRows }: VerifyProgress, elapsedMs: number): string {
  const done = compared - resumed;
  const leftMs = done > 0 ? (elapsedMs * Math.max(0, totalRows - compared)) / done : 0;
  const figure = (value: number) => Math.round(value).toLocaleString('en-US');
  const left = leftMs > 0 ? `, about ${Math.ceil(leftMs / 1000)} s left` : '';
  return `${figure(compared)} of about ${figure(Math.max(totalRows, compared))} rows compared${left}`;
}
