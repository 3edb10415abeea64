/** Upper bounds in milliseconds. */
const bounds = [5, 10, 20, 30, 40, 60, 80, 120, 180, 250, 500, 1000, Number.POSITIVE_INFINITY];

/** Values as a picture of at most 40 characters a line. */
export function histogram(values: readonly number[]): string[] {
  const counts = bounds.map((bound, index) => {
    const from = bounds[index - 1] ?? 0;
    return values.filter((value) => value > from && value <= bound).length;
  });
  const most = Math.max(1, ...counts);
  const last = counts.findLastIndex((count) => count > 0);
  return counts.slice(0, last + 1).map((count, index) => {
    const bound = Number.isFinite(bounds[index]!) ? `<= ${bounds[index]} ms` : 'more';
    return `${bound.padStart(10)} ${String(count).padStart(4)} ${'#'.repeat(Math.ceil((count / most) * 40))}`;
  });
}
