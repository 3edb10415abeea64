/** A part of a treemap. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a box among values, largest first, into parts as near to squares as may be. M. Bruls, K. Huizing and J. J. van Wijk, "Squarified
 * Treemaps", VisSym 2000. What is 0 or less gets an empty box.
 */
export function squarify(values: readonly number[], box: Box): Box[] {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const boxes: Box[] = values.map(() => ({ x: box.x, y: box.y, width: 0, height: 0 }));
  if (total <= 0) return boxes;
  const scale = (box.width * box.height) / total;
  const order = values.map((_, at) => at).filter((at) => values[at]! > 0);
  order.sort((a, b) => values[b]! - values[a]! || a - b);
  let rest = box;
  for (let at = 0; at < order.length; ) {
    const side = Math.min(rest.width, rest.height);
    const row: number[] = [];
    for (; at < order.length; at++) {
      const next = values[order[at]!]! * scale;
      if (row.length > 0 && worst([...row, next], side) > worst(row, side)) break;
      row.push(next);
    }
    rest = laid(row, order.slice(at - row.length, at), rest, boxes);
  }
  return boxes;
}

/** The greatest ratio of the sides in a row of these areas. */
function worst(areas: readonly number[], side: number): number {
  const sum = areas.reduce((total, area) => total + area, 0);
  const [most, least] = [Math.max(...areas), Math.min(...areas)];
  return Math.max((side ** 2 * most) / sum ** 2, sum ** 2 / (side ** 2 * least));
}

/** Lays a row along the shorter side; what is left over is returned. */
function laid(areas: readonly number[], places: readonly number[], rest: Box, boxes: Box[]): Box {
  const sum = areas.reduce((total, area) => total + area, 0);
  const isColumn = rest.width >= rest.height;
  const side = isColumn ? rest.height : rest.width;
  const depth = side === 0 ? 0 : sum / side;
  let along = 0;
  for (const [at, area] of areas.entries()) {
    const length = depth === 0 ? 0 : area / depth;
    boxes[places[at]!] = isColumn
      ? { x: rest.x, y: rest.y + along, width: depth, height: length }
      : { x: rest.x + along, y: rest.y, width: length, height: depth };
    along += length;
  }
  return isColumn
    ? { ...rest, x: rest.x + depth, width: Math.max(0, rest.width - depth) }
    : { ...rest, y: rest.y + depth, height: Math.max(0, rest.height - depth) };
}
