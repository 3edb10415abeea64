import { Invalid } from '../errors/errors.ts';

const deepest = 200;

/**
 * About how many characters a value has as JSON; escapes are not counted.
 * @throws Invalid `not-json` where the value would not come back from JSON as it is: a Date, Map, Set or other class, a bigint,
 * a function, NaN or an infinity, a hole in an array. A property that is undefined is as good as none.
 */
export function jsonSize(value: unknown): number {
  const size = quickSize(value, 0);
  // What is wrong, and where, is looked for only when something is: this stands in the way of every event.
  return Number.isNaN(size) ? sizeOf(value, [], 0) : size;
}

/** The same, or NaN. */
function quickSize(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return Number.isFinite(value) ? 8 : Number.NaN;
    case 'boolean':
      return 5;
    case 'object':
      if (value === null) return 4;
      if (depth === deepest) return Number.NaN;
      return Array.isArray(value) ? quickSizeOfArray(value, depth) : quickSizeOfObject(value, depth);
    default:
      return Number.NaN;
  }
}

function quickSizeOfArray(array: readonly unknown[], depth: number): number {
  let size = 2;
  for (let index = 0; index < array.length; index += 1) size += quickSize(array[index], depth + 1) + 1;
  return size;
}

function quickSizeOfObject(object: object, depth: number): number {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return Number.NaN;
  let size = 2;
  // Nothing is inherited but from Object, which has nothing to enumerate.
  for (const key in object) {
    const member = (object as Record<string, unknown>)[key];
    if (member !== undefined) size += key.length + 4 + quickSize(member, depth + 1);
  }
  return size;
}

function sizeOf(value: unknown, path: (string | number)[], depth: number): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      if (Number.isFinite(value)) return 8;
      throw notJson(String(value), path);
    case 'boolean':
      return 5;
    case 'object':
      if (value === null) return 4;
      if (depth === deepest) throw notJson(`nesting beyond ${deepest} levels`, path);
      return Array.isArray(value) ? sizeOfArray(value, path, depth) : sizeOfObject(value, path, depth);
    default:
      throw notJson(value === undefined ? 'undefined' : `a ${typeof value}`, path);
  }
}

function sizeOfArray(array: readonly unknown[], path: (string | number)[], depth: number): number {
  let size = 2;
  for (let index = 0; index < array.length; index += 1) {
    path.push(index);
    size += sizeOf(array[index], path, depth + 1) + 1;
    path.pop();
  }
  return size;
}

function sizeOfObject(object: object, path: (string | number)[], depth: number): number {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null)
    throw notJson(`a ${prototype.constructor?.name ?? 'class'}`, path);
  let size = 2;
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    path.push(key);
    size += key.length + 4 + sizeOf(value, path, depth + 1);
    path.pop();
  }
  return size;
}

function notJson(what: string, path: readonly (string | number)[]): Invalid {
  const where = path.length === 0 ? 'it is' : `${path.join('.')} is`;
  return new Invalid('not-json', `${where} ${what}, which JSON can not keep`);
}
